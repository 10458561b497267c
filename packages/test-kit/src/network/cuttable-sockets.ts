import { connect as connectPlainly, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** Sockets of a client that can be cut, as a network is: a cluster tells its clients the way past any proxy. */
export class CuttableSockets {
  readonly #sockets: Set<Socket> = new Set();
  #open = true;
  #deaf = false;
  #dropped: PromiseWithResolvers<void> = Promise.withResolvers();

  readonly factory: ISocketFactory = ({ host, port, onConnect }) => {
    // Port 1 of loopback answers nobody.
    const socket = connectPlainly(this.#open ? { host, port } : { host: '127.0.0.1', port: 1 }, onConnect);
    const emit = socket.emit.bind(socket);
    socket.emit = (event: string, ...args: unknown[]) => {
      if (event !== 'data' || !this.#deaf) return emit(event, ...args);
      this.#dropped.resolve();
      return true;
    };
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  };

  /** Ends every connection, and lets no new one through until what comes back is called. */
  cut(): () => void {
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy(new Error('cut'));
    return () => {
      this.#open = true;
    };
  }

  /** Loses what the brokers answer, until what comes back is called. */
  loseAnswers(): { readonly lost: Promise<void>; readonly mend: () => void } {
    this.#deaf = true;
    this.#dropped = Promise.withResolvers();
    return {
      lost: this.#dropped.promise,
      mend: () => {
        this.#deaf = false;
      },
    };
  }
}
