import { metrics } from '@opentelemetry/api';
import { DomainError } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { Node, Yallist } from 'yallist';
import type { Connection } from './connection.ts';
import { maxItemBytes, inputTooLarge } from './input-limits.ts';

// Per connection: room for several pages, each of at most 4 MiB.
const maxUnsentBytes = 16 * 1024 * 1024;
// Responses up to this size are never refused, because a refusal would save little memory.
const maxSmallResponseBytes = 16 * 1024;
const maxClientWaitMs = 10_000;
const minCloseIntervalMs = 1000;

const busyError = (): DomainError =>
  new DomainError(
    'PROCESS_BUSY',
    'The requests and responses in progress already take all the memory that the service has for them. Try again later.',
  );

/** A limit in bytes, and the bytes that are held now. */
interface ByteLimit {
  readonly maxBytes: number;
  heldBytes: number;
}

/**
 * Counts and limits the bytes of request bodies and responses that the process holds. The decoded bytes of a body count from their arrival
 * until the handler has finished and the response no longer counts. A response counts until it is sent or its connection is closed. Above
 * the maximum, bodies and responses are refused with PROCESS_BUSY, and connections of slow clients are closed.
 */
export class BytesInFlight {
  readonly total: ByteLimit;
  /** All bodies whose API key is not checked yet. Their smaller maximum leaves room for clients that have a key. */
  readonly unauthenticated: ByteLimit;
  // Not a `Set`: when a set grows, V8 links its old table to the new one. An old table then delays the garbage collection of all later
  // requests.
  readonly #openRequests: Yallist<RequestBytes> = new Yallist();
  #lastCloseTime = Number.NEGATIVE_INFINITY;

  constructor(maxBytes: number) {
    this.total = { maxBytes, heldBytes: 0 };
    const maxUnauthenticated = Math.min(maxBytes, Math.max(maxBytes / 8, maxItemBytes));
    this.unauthenticated = { maxBytes: maxUnauthenticated, heldBytes: 0 };
    const gauge = (name: string, description: string, value: () => number): void =>
      metrics
        .getMeter('user-activity')
        .createObservableGauge(`user_activity.http.${name}`, { unit: 'By', description })
        .addCallback((result) => result.observe(value()));
    gauge(
      'bytes_in_flight',
      'Bodies and unsent answers that the process holds, in bytes',
      () => this.total.heldBytes,
    );
    gauge(
      'bytes_in_flight_limit',
      'Maximum of bodies and unsent answers, in bytes; more is refused',
      () => maxBytes,
    );
  }

  /** Begins to count a request. `now` is the time on the clock of `performance.now`. */
  beginCounting(request: FastifyRequest, now: number): RequestBytes {
    const requestBytes = new RequestBytes(this, request, now);
    request.connection.add(requestBytes);
    this.#openRequests.pushNode(requestBytes.node);
    return requestBytes;
  }

  endCounting(requestBytes: RequestBytes): void {
    this.#openRequests.removeNode(requestBytes.node);
  }

  /**
   * Returns whether a limit has room for `bytes` more. If not, closes connections of slow clients, at most once a second, to make room for
   * later requests.
   */
  hasRoom(bytes: number, limit: ByteLimit = this.total): boolean {
    if (limit.heldBytes + bytes <= limit.maxBytes) return true;
    const now = performance.now();
    if (now - this.#lastCloseTime < minCloseIntervalMs) return false;
    this.#lastCloseTime = now;
    for (const request of this.#openRequests)
      if (limit === this.total || request.isUnauthenticated) request.closeIfSlow(now);
    return false;
  }
}

/** Counts the bytes in memory of one request: its body and its response. */
export class RequestBytes {
  /** The node of this request in the list of open requests. */
  readonly node: Node<RequestBytes> = new Node<RequestBytes>(this);
  readonly #inFlight: BytesInFlight;
  readonly #request: FastifyRequest['raw'];
  readonly #connection: Connection;
  #waitStart: number;
  #bodyBytes = 0;
  #responseBytes = 0;
  #isAnswered = false;
  #isSent = false;
  #isUnauthenticated = false;

  constructor(inFlight: BytesInFlight, { raw, connection }: FastifyRequest, now: number) {
    this.#inFlight = inFlight;
    this.#request = raw;
    this.#connection = connection;
    this.#waitStart = now;
  }

  /** Whether the request needs an API key and its key is not checked yet. */
  get isUnauthenticated(): boolean {
    return this.#isUnauthenticated;
  }

  /** Marks a request whose API key is in its body. Must be called before the body arrives. */
  expectKeyInBody(): void {
    this.#isUnauthenticated = true;
  }

  markKeyValid(): void {
    if (this.#isUnauthenticated) this.#inFlight.unauthenticated.heldBytes -= this.#bodyBytes;
    this.#isUnauthenticated = false;
  }

  /** Counts bytes of the body. Throws PROCESS_BUSY if there is no room, and INPUT_TOO_LARGE if this body alone exceeds the maximum. */
  addBody(bytes: number): void {
    const { total, unauthenticated } = this.#inFlight;
    if (this.#isUnauthenticated && this.#bodyBytes + bytes > maxItemBytes)
      throw inputTooLarge(
        `A body that holds the API key has at most ${maxItemBytes} bytes, decoded. Send less, or send the key in the header Authorization.`,
      );
    if (this.#isUnauthenticated && !this.#inFlight.hasRoom(bytes, unauthenticated)) throw busyError();
    if (this.#bodyBytes + bytes > total.maxBytes)
      throw inputTooLarge('The body takes more memory than the service has for bodies.');
    if (!this.#inFlight.hasRoom(bytes)) throw busyError();
    this.#addBody(bytes);
  }

  /**
   * Reserves room for a response of up to `maxBytes` before it is made, but at most a 64th of the total limit, so that a small limit still
   * allows small responses. Throws PROCESS_BUSY if there is no room, or the client is gone.
   */
  reserveResponse(maxBytes: number): void {
    const bytes = Math.min(maxBytes, this.#inFlight.total.maxBytes / 64);
    if (this.#isSent || !this.#inFlight.hasRoom(bytes)) throw busyError();
    // Restarts the time limit of slow clients: the client of a stream has nothing to read before this page is made.
    this.#waitStart = performance.now();
    this.#addResponse(bytes - this.#responseBytes);
  }

  /** Counts the bytes of the response that the request holds now. They replace what it held or reserved before. */
  holdResponse(bytes: number): void {
    if (this.#isSent) return;
    this.#waitStart = performance.now();
    this.#addResponse(bytes - this.#responseBytes);
  }

  /** Counts the finished response. Throws PROCESS_BUSY if there is no room for it and the client can repeat the request. */
  setResponse(bytes: number, isRepeatable: boolean): void {
    const isRefusable = isRepeatable && bytes > maxSmallResponseBytes && !this.#isSent;
    const addedBytes = bytes - this.#responseBytes;
    const unsentBytes = this.#connection.unsentBytes + addedBytes;
    if (isRefusable && (!this.#inFlight.hasRoom(addedBytes) || unsentBytes > maxUnsentBytes))
      throw busyError();
    this.#isAnswered = true;
    this.#waitStart = performance.now();
    if (this.#isSent) this.#release();
    else this.#addResponse(addedBytes);
  }

  /** Stops counting the response, which is sent or has lost its connection. The body counts until the handler has finished as well. */
  endResponse(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    this.#addResponse(-this.#responseBytes);
    if (this.#isAnswered) this.#release();
  }

  endWithConnection(): void {
    this.endResponse();
  }

  /** Closes the connection if the service has waited for its client for more than 10 s. */
  closeIfSlow(now: number): void {
    const isWaiting = this.#isAnswered || !this.#request.complete;
    const holdsBytes = this.#bodyBytes + this.#responseBytes > 0;
    if (holdsBytes && isWaiting && now - this.#waitStart > maxClientWaitMs) this.#request.socket.destroy();
  }

  #addBody(bytes: number): void {
    this.#bodyBytes += bytes;
    this.#inFlight.total.heldBytes += bytes;
    if (this.#isUnauthenticated) this.#inFlight.unauthenticated.heldBytes += bytes;
  }

  #addResponse(bytes: number): void {
    this.#responseBytes += bytes;
    this.#inFlight.total.heldBytes += bytes;
    this.#connection.unsentBytes += bytes;
  }

  #release(): void {
    this.#addBody(-this.#bodyBytes);
    this.#connection.remove(this);
    this.#inFlight.endCounting(this);
  }
}
