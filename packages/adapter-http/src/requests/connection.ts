import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** A request that is notified when its connection closes. */
interface OpenRequest {
  endWithConnection(): void;
}

const connections: WeakMap<Socket, Connection> = new WeakMap();

/** The state that all requests of one connection share. */
export class Connection {
  /** The number of requests without a complete response. */
  unanswered = 0;
  /** How many bytes of responses are not sent yet. */
  unsentBytes = 0;
  /** Resolves when the response to the newest request for a page is sent, or the connection has closed. */
  newestResponseSent: Promise<void> | undefined;
  readonly #openRequests: OpenRequest[] = [];

  private constructor(socket: Socket) {
    socket.on('close', () => {
      for (const request of this.#openRequests.splice(0)) request.endWithConnection();
    });
  }

  /** Returns the connection of a request. All its requests share one listener on the socket. */
  static of({ raw: { socket } }: Pick<FastifyRequest, 'raw'>): Connection {
    const known = connections.get(socket);
    if (known !== undefined) return known;
    const connection = new Connection(socket);
    connections.set(socket, connection);
    return connection;
  }

  /**
   * Calls `endWithConnection` when the connection closes, unless `remove` was called before. Needed for pipelined requests: when the
   * connection closes, Node emits no event for a response that waits for another response.
   */
  add(request: OpenRequest): void {
    this.#openRequests.push(request);
  }

  remove(request: OpenRequest): void {
    const index = this.#openRequests.indexOf(request);
    if (index !== -1) this.#openRequests.splice(index, 1);
  }
}
