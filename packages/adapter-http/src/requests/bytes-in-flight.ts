import type { Socket } from 'node:net';
import { metrics } from '@opentelemetry/api';
import { DomainError } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { onConnectionEnd } from './connection-end.ts';
import { maxItemBytes, tooLarge } from './input-limits.ts';

// Several pages, each of at most 4 MiB.
const maxUnsentPerConnection = 16 * 1024 * 1024;
// Problems, receipts of single activities and health checks: the refusal itself would be as large.
const maxSmallResponse = 16 * 1024;
const maxClientWaitMs = 10_000;
const minCloseIntervalMs = 1000;

const busy = (): DomainError =>
  new DomainError(
    'PROCESS_BUSY',
    'The service already holds its maximum of bytes of requests and responses. Try again later.',
  );

/** A limit in bytes, and the bytes that count against it. */
interface Allowance {
  readonly max: number;
  held: number;
}

/**
 * The bytes of request bodies and responses that the process holds, up to a maximum. A body counts with its decoded size as it arrives,
 * until its request is answered and the work on it is done. A response counts until it is sent, or its connection is closed. Above the
 * maximum, bodies and responses are refused with PROCESS_BUSY, and connections of slow clients are closed.
 */
export class BytesInFlight {
  readonly all: Allowance;
  /** All bodies whose API key is not checked yet. Its smaller maximum leaves room for clients that have a key. */
  readonly unauthenticated: Allowance;
  readonly #unsent: WeakMap<Socket, number> = new WeakMap();
  readonly #open: Set<RequestBytes> = new Set();
  #lastClose = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.all = { max, held: 0 };
    this.unauthenticated = { max: Math.min(max, Math.max(max / 8, maxItemBytes)), held: 0 };
    const gauge = (name: string, description: string, value: () => number): void =>
      metrics
        .getMeter('user-activity')
        .createObservableGauge(`user_activity.http.${name}`, { unit: 'By', description })
        .addCallback((result) => result.observe(value()));
    gauge(
      'bytes_in_flight',
      'Bodies and unsent answers that the process holds, in bytes',
      () => this.all.held,
    );
    gauge(
      'bytes_in_flight_limit',
      'Maximum of bodies and unsent answers, in bytes; more is refused',
      () => max,
    );
  }

  /** Begins to count a request. */
  open(request: FastifyRequest): RequestBytes {
    const bytes = new RequestBytes(this, request.raw, () => {
      stopWatching();
      this.#open.delete(bytes);
    });
    const stopWatching = onConnectionEnd(request, () => bytes.sent());
    this.#open.add(bytes);
    return bytes;
  }

  /** Returns whether an allowance has room for more bytes. If not, closes connections of slow clients, to make room for later requests. */
  hasRoom(bytes: number, allowance: Allowance = this.all): boolean {
    if (allowance.held + bytes <= allowance.max) return true;
    const now = performance.now();
    if (now - this.#lastClose < minCloseIntervalMs) return false;
    this.#lastClose = now;
    for (const request of this.#open)
      if (allowance === this.all || request.isUnauthenticated) request.closeIfSlow(now);
    return false;
  }

  /** The bytes of responses that a connection has not sent yet. */
  unsentOf(socket: Socket): number {
    return this.#unsent.get(socket) ?? 0;
  }

  addResponse(bytes: number, socket: Socket): void {
    this.all.held += bytes;
    this.#unsent.set(socket, this.unsentOf(socket) + bytes);
  }
}

/** The bytes that one request holds. */
export class RequestBytes {
  readonly #budget: BytesInFlight;
  readonly #request: FastifyRequest['raw'];
  readonly #close: () => void;
  #waitsSince: number = performance.now();
  #body = 0;
  #response = 0;
  #isAnswered = false;
  #isSent = false;
  #isUnauthenticated = false;

  constructor(budget: BytesInFlight, request: FastifyRequest['raw'], close: () => void) {
    this.#budget = budget;
    this.#request = request;
    this.#close = close;
  }

  /** Whether the request needs an API key and its key is not checked yet. */
  get isUnauthenticated(): boolean {
    return this.#isUnauthenticated;
  }

  /** Marks a request whose API key is in its body. Must be called before the body arrives. */
  expectKeyInBody(): void {
    this.#isUnauthenticated = true;
  }

  /** Marks the API key as valid. */
  trust(): void {
    if (this.#isUnauthenticated) this.#budget.unauthenticated.held -= this.#body;
    this.#isUnauthenticated = false;
  }

  /** Counts bytes of the body. Throws PROCESS_BUSY if there is no room, and INPUT_TOO_LARGE if this body alone exceeds the maximum. */
  addBody(bytes: number): void {
    const { all, unauthenticated } = this.#budget;
    if (this.#isUnauthenticated && this.#body + bytes > maxItemBytes)
      throw tooLarge(
        `A body that holds the API key has at most ${maxItemBytes} bytes, decoded. Send less, or send the key in the header Authorization.`,
      );
    if (this.#isUnauthenticated && !this.#budget.hasRoom(bytes, unauthenticated)) throw busy();
    if (this.#body + bytes > all.max)
      throw tooLarge('The body takes more memory than the service has for bodies.');
    if (!this.#budget.hasRoom(bytes)) throw busy();
    this.#addBody(bytes);
  }

  /**
   * Reserves room for a response of up to `maxBytes` before it is made, but at most a 64th of the budget, so that a small budget still
   * allows small responses. Throws PROCESS_BUSY if there is no room, or the client is gone.
   */
  expectResponse(maxBytes: number): void {
    const bytes = Math.min(maxBytes, this.#budget.all.max / 64);
    if (this.#isSent || !this.#budget.hasRoom(bytes)) throw busy();
    this.#addResponse(bytes - this.#response);
  }

  /** Counts the response. Throws PROCESS_BUSY if there is no room for it and the client can repeat the request. */
  setResponse(bytes: number, isRepeatable: boolean): void {
    const isRefusable = isRepeatable && bytes > maxSmallResponse && !this.#isSent;
    const more = bytes - this.#response;
    const unsent = this.#budget.unsentOf(this.#request.socket) + more;
    if (isRefusable && (!this.#budget.hasRoom(more) || unsent > maxUnsentPerConnection)) throw busy();
    this.#isAnswered = true;
    this.#waitsSince = performance.now();
    if (this.#isSent) this.#release();
    else this.#addResponse(more);
  }

  /** Stops counting the response, because it is sent or its connection is closed. The body counts until the work on the request is done. */
  sent(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    this.#addResponse(-this.#response);
    if (this.#isAnswered) this.#release();
  }

  /** Closes the connection if the service has waited for its client for more than 10 s. */
  closeIfSlow(now: number): void {
    const isWaiting = this.#isAnswered || !this.#request.complete;
    const holdsBytes = this.#body + this.#response > 0;
    if (holdsBytes && isWaiting && now - this.#waitsSince > maxClientWaitMs) this.#request.socket.destroy();
  }

  #addBody(bytes: number): void {
    this.#body += bytes;
    this.#budget.all.held += bytes;
    if (this.#isUnauthenticated) this.#budget.unauthenticated.held += bytes;
  }

  #addResponse(bytes: number): void {
    this.#response += bytes;
    this.#budget.addResponse(bytes, this.#request.socket);
  }

  #release(): void {
    this.#addBody(-this.#body);
    this.#close();
  }
}
