import type { Socket } from 'node:net';
import { metrics } from '@opentelemetry/api';
import { DomainError } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { onConnectionEnd } from './connection-end.ts';
import { maxItemBytes, tooLarge } from './input-limits.ts';

// Several pages of answers, each of at most 4 MiB.
const maxUnsentOfConnection = 16 * 1024 * 1024;
// Problems, receipts of single activities and health: a refusal would be as large.
const maxSmallAnswer = 16 * 1024;
const maxClientWaitMs = 10_000;
const cutIntervalMs = 1000;

/** Refuses a request or an answer while the service holds its maximum of bytes. */
const busy = (): DomainError =>
  new DomainError(
    'PROCESS_BUSY',
    'The service already holds its maximum of bytes of requests and answers. Try again later.',
  );

/** A connection, with the bytes of its answers that are not sent yet. */
interface Connection {
  unsent: number;
}

/**
 * The bytes of bodies and answers that the process holds, up to a maximum. A body counts with its decoded size as it arrives, until its
 * request is answered and its work is done. An answer counts until it is sent, or its connection is closed. Above the maximum, bodies
 * and answers are refused with PROCESS_BUSY, and connections of slow clients are closed.
 */
export class BytesInFlight {
  readonly max: number;
  /** The maximum for all bodies without a proven key together: it leaves room for clients that have one. */
  readonly maxUnauthenticated: number;
  readonly #connections: WeakMap<Socket, Connection> = new WeakMap();
  readonly #open: Set<RequestBytes> = new Set();
  #held = 0;
  #heldUnauthenticated = 0;
  #lastCut = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.max = max;
    this.maxUnauthenticated = Math.min(max, Math.max(max / 8, maxItemBytes));
    const gauge = (name: string, description: string, value: () => number): void =>
      metrics
        .getMeter('user-activity')
        .createObservableGauge(`user_activity.http.${name}`, { unit: 'By', description })
        .addCallback((result) => result.observe(value()));
    gauge('bytes_in_flight', 'Bodies and unsent answers that the process holds, in bytes', () => this.#held);
    gauge(
      'bytes_in_flight_limit',
      'Maximum of bodies and unsent answers, in bytes; more is refused',
      () => max,
    );
  }

  open(request: FastifyRequest): RequestBytes {
    const { socket } = request.raw;
    let connection = this.#connections.get(socket);
    if (connection === undefined) {
      connection = { unsent: 0 };
      this.#connections.set(socket, connection);
    }
    const bytes = new RequestBytes(this, connection, request, () => {
      settle();
      this.#open.delete(bytes);
    });
    const settle = onConnectionEnd(request, () => bytes.sent());
    this.#open.add(bytes);
    return bytes;
  }

  /** Whether there is room for the bytes. If not, closes connections of slow clients to make room for later requests. */
  hasRoom(bytes: number): boolean {
    return this.#held + bytes <= this.max || this.#cut(() => true);
  }

  /** Whether bodies without a proven key have room for the bytes, as `hasRoom`. */
  hasRoomUnauthenticated(bytes: number): boolean {
    return (
      this.#heldUnauthenticated + bytes <= this.maxUnauthenticated ||
      this.#cut(({ isUnauthenticated }) => isUnauthenticated)
    );
  }

  add(bytes: number): void {
    this.#held += bytes;
  }

  addUnauthenticated(bytes: number): void {
    this.#heldUnauthenticated += bytes;
  }

  /** Closes connections of slow clients, of those requests that `isAffected` selects. Returns false: the room is made later. */
  #cut(isAffected: (request: RequestBytes) => boolean): false {
    const now = performance.now();
    if (now - this.#lastCut >= cutIntervalMs) {
      this.#lastCut = now;
      for (const request of this.#open) if (isAffected(request)) request.cutIfSlow(now);
    }
    return false;
  }
}

export class RequestBytes {
  readonly #budget: BytesInFlight;
  readonly #connection: Connection;
  readonly #request: FastifyRequest['raw'];
  readonly #close: () => void;
  #waitsSince: number = performance.now();
  #body = 0;
  #answer = 0;
  #isAnswered = false;
  #isSent = false;
  #isUnauthenticated = false;

  constructor(budget: BytesInFlight, connection: Connection, { raw }: FastifyRequest, close: () => void) {
    this.#budget = budget;
    this.#connection = connection;
    this.#request = raw;
    this.#close = close;
  }

  /** Whether the request needs a key and has not shown one yet. */
  get isUnauthenticated(): boolean {
    return this.#isUnauthenticated;
  }

  /** Marks the request as one whose key is in the body. Must be called before the body arrives. */
  expectKeyInBody(): void {
    this.#isUnauthenticated = true;
  }

  trust(): void {
    if (this.#isUnauthenticated) this.#budget.addUnauthenticated(-this.#body);
    this.#isUnauthenticated = false;
  }

  /** Counts bytes of the body. Throws PROCESS_BUSY if there is no room, and INPUT_TOO_LARGE if this body alone exceeds the maximum. */
  addBody(bytes: number): void {
    if (this.#isUnauthenticated && this.#body + bytes > maxItemBytes)
      throw tooLarge(
        `A body that holds the API key has at most ${maxItemBytes} bytes, decoded. Send less, or send the key in the header Authorization.`,
      );
    if (this.#isUnauthenticated && !this.#budget.hasRoomUnauthenticated(bytes)) throw busy();
    if (this.#body + bytes > this.#budget.max)
      throw tooLarge('The body takes more memory than the service has for bodies.');
    if (!this.#budget.hasRoom(bytes)) throw busy();
    this.#body += bytes;
    this.#budget.add(bytes);
    if (this.#isUnauthenticated) this.#budget.addUnauthenticated(bytes);
  }

  /**
   * Reserves room for an answer of up to `maxBytes` before it is made, but at most a 64th of the budget, so that small budgets serve
   * small answers. Throws PROCESS_BUSY if there is no room, or nobody is there to read it.
   */
  expectAnswer(maxBytes: number): void {
    const bytes = Math.min(maxBytes, this.#budget.max / 64);
    if (this.#isSent || !this.#budget.hasRoom(bytes)) throw busy();
    this.#addAnswer(bytes - this.#answer);
  }

  /** Counts the answer. Throws PROCESS_BUSY if there is no room for it and the request can be repeated. */
  setAnswer(bytes: number, isRepeatable: boolean): void {
    const isRefusable = isRepeatable && bytes > maxSmallAnswer && !this.#isSent;
    const more = bytes - this.#answer;
    if (
      isRefusable &&
      (!this.#budget.hasRoom(more) || this.#connection.unsent + more > maxUnsentOfConnection)
    )
      throw busy();
    this.#isAnswered = true;
    this.#waitsSince = performance.now();
    if (this.#isSent) this.#release();
    else this.#addAnswer(more);
  }

  /** The answer is sent, or its connection is closed. The body still counts until the work on the request is done. */
  sent(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    this.#addAnswer(-this.#answer);
    if (this.#isAnswered) this.#release();
  }

  /** Closes the connection if its client has kept the service waiting for more than 10 s. */
  cutIfSlow(now: number): void {
    const isWaiting = this.#isAnswered || !this.#request.complete;
    const holds = this.#body + this.#answer > 0;
    if (holds && isWaiting && now - this.#waitsSince > maxClientWaitMs) this.#request.socket.destroy();
  }

  #addAnswer(bytes: number): void {
    this.#answer += bytes;
    this.#connection.unsent += bytes;
    this.#budget.add(bytes);
  }

  #release(): void {
    this.#budget.add(-this.#body);
    if (this.#isUnauthenticated) this.#budget.addUnauthenticated(-this.#body);
    this.#body = 0;
    this.#close();
  }
}
