import { connect as connectPlainly, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** Sockets of a Kafka client that a test can cut. A proxy would not do: brokers tell clients their own addresses. */
export class CuttableSockets {
  readonly #sockets: Set<Socket> = new Set();
  #open = true;
  #deaf = false;
  #dropped: PromiseWithResolvers<void> = Promise.withResolvers();

  readonly factory: ISocketFactory = ({ host, port, onConnect }) => {
    // Nothing listens on port 1.
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

  /** Closes all connections and refuses new ones. Returns a function that ends this. */
  cut(): () => void {
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy(new Error('cut'));
    return () => {
      this.#open = true;
    };
  }

  /** Drops the answers of the brokers until `mend` is called. `lost` resolves once an answer was dropped. */
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
