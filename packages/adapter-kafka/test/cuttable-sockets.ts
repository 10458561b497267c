import { connect as connectPlainly, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** Sockets of a client that can be cut, as a network is: a cluster tells its clients the way past any proxy. */
export class CuttableSockets {
  readonly #sockets: Set<Socket> = new Set();
  #open = true;

  readonly factory: ISocketFactory = ({ host, port, onConnect }) => {
    // Port 1 of loopback answers nobody.
    const socket = connectPlainly(this.#open ? { host, port } : { host: '127.0.0.1', port: 1 }, onConnect);
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
}
