import { connect as openSocket, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import type { EndFault } from './faulty-proxy.ts';

/** The sockets of a Kafka client, which a test can cut. A proxy would not work: brokers tell clients to connect to the brokers directly. */
export class CuttableSockets {
  readonly #sockets: Set<Socket> = new Set();
  #open = true;
  #losesAnswers = false;
  #dropped: PromiseWithResolvers<void> = Promise.withResolvers();

  readonly factory: ISocketFactory = ({ host, port, onConnect }) => {
    // No server listens on port 1.
    const socket = openSocket(this.#open ? { host, port } : { host: '127.0.0.1', port: 1 }, onConnect);
    const emit = socket.emit.bind(socket);
    socket.emit = (event: string, ...args: unknown[]) => {
      if (event !== 'data' || !this.#losesAnswers) return emit(event, ...args);
      this.#dropped.resolve();
      return true;
    };
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  };

  /** Closes all connections and refuses new ones, until the returned function is called. */
  cut(): EndFault {
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy(new Error('cut'));
    return () => {
      this.#open = true;
    };
  }

  /** Drops the answers of the brokers until `endFault` is called. `lost` resolves when the first answer is dropped. */
  loseAnswers(): { readonly lost: Promise<void>; readonly endFault: EndFault } {
    this.#losesAnswers = true;
    this.#dropped = Promise.withResolvers();
    return {
      lost: this.#dropped.promise,
      endFault: () => {
        this.#losesAnswers = false;
      },
    };
  }
}
