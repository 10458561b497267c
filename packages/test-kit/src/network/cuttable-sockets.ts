import { connect as openSocket, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import type { EndFault } from './faulty-proxy.ts';

/** The sockets of a Kafka client. A test can cut them. A proxy does not work here, because brokers tell clients to connect directly. */
export class CuttableSockets {
  readonly #sockets: Set<Socket> = new Set();
  #isOpen = true;
  #losesAnswers = false;
  #firstDrop: PromiseWithResolvers<void> = Promise.withResolvers();

  readonly factory: ISocketFactory = ({ host, port, onConnect }) => {
    // While cut, connects to port 1, on which no server listens.
    const socket = openSocket(this.#isOpen ? { host, port } : { host: '127.0.0.1', port: 1 }, onConnect);
    const emit = socket.emit.bind(socket);
    socket.emit = (event: string, ...args: unknown[]) => {
      if (event !== 'data' || !this.#losesAnswers) return emit(event, ...args);
      this.#firstDrop.resolve();
      return true;
    };
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  };

  /** Closes all connections and refuses new ones, until the returned function is called. */
  cut(): EndFault {
    this.#isOpen = false;
    for (const socket of this.#sockets) socket.destroy(new Error('The test cut the connection.'));
    return () => {
      this.#isOpen = true;
    };
  }

  /** Drops the answers of the brokers until `endFault` is called. `firstDrop` resolves when the first answer is dropped. */
  loseAnswers(): { readonly firstDrop: Promise<void>; readonly endFault: EndFault } {
    this.#losesAnswers = true;
    this.#firstDrop = Promise.withResolvers();
    return {
      firstDrop: this.#firstDrop.promise,
      endFault: () => {
        this.#losesAnswers = false;
      },
    };
  }
}
