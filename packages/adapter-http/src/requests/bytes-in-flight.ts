import type { Socket } from 'node:net';
import { metrics } from '@opentelemetry/api';
import { DomainError } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { onConnectionEnd } from './connection-end.ts';
import { maxItemBytes } from './item-size.ts';

// Several pages of answers, each of at most 4 MiB.
const maxUnsentOfConnection = 16 * 1024 * 1024;
// Problems, receipts of single activities, health: refusing one would cost as much as sending it.
const maxSmallAnswer = 16 * 1024;
const maxClientWaitMs = 10_000;
const cutIntervalMs = 1000;

const busy = (): DomainError =>
  new DomainError('PROCESS_BUSY', 'The service holds as many bytes of requests and answers as it may.');

/** What the answers of one connection hold until they are sent. */
interface Connection {
  unsent: number;
}

/**
 * The bytes of bodies and answers that the process holds, up to a maximum. A body counts by its decoded size as it arrives, until its request
 * is answered and no longer worked on; an answer counts from when it is made until it is sent, or its connection is gone.
 * When the budget is spent, bodies and answers are refused with PROCESS_BUSY, and clients that let the service wait are cut off.
 */
export class BytesInFlight {
  readonly max: number;
  /** The maximum that bodies of strangers hold together, so that they leave room for those who have a key. */
  readonly maxOfStrangers: number;
  readonly #connections: WeakMap<Socket, Connection> = new WeakMap();
  readonly #open: Set<RequestBytes> = new Set();
  #held = 0;
  #heldOfStrangers = 0;
  #lastCut = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.max = max;
    this.maxOfStrangers = Math.min(max, Math.max(max / 8, maxItemBytes));
    const gauge = (name: string, description: string, value: () => number): void =>
      metrics
        .getMeter('user-activity')
        .createObservableGauge(`user_activity.http.${name}`, { unit: 'By', description })
        .addCallback((result) => result.observe(value()));
    gauge('bytes_in_flight', 'Bodies and answers that the process holds', () => this.#held);
    gauge('bytes_in_flight_limit', 'The most that the process holds; more is refused', () => max);
  }

  get held(): number {
    return this.#held;
  }

  /** Begins to count a request. */
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

  /** Whether there is room for so many more; makes some for later if there is not. */
  hasRoom(bytes: number): boolean {
    return this.#held + bytes <= this.max || this.#cut(() => true);
  }

  /** Whether strangers have room for so many more, as `hasRoom`. */
  hasRoomForStrangers(bytes: number): boolean {
    return this.#heldOfStrangers + bytes <= this.maxOfStrangers || this.#cut(({ isStranger }) => isStranger);
  }

  add(bytes: number): void {
    this.#held += bytes;
  }

  addOfStrangers(bytes: number): void {
    this.#heldOfStrangers += bytes;
  }

  /** Cuts off slow clients among some; that makes room later, and not now. */
  #cut(isAmong: (request: RequestBytes) => boolean): false {
    const now = performance.now();
    if (now - this.#lastCut >= cutIntervalMs) {
      this.#lastCut = now;
      for (const each of this.#open) if (isAmong(each)) each.cutIfSlow(now);
    }
    return false;
  }
}

/** The bytes of one request. */
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
  #isStranger = false;

  constructor(budget: BytesInFlight, connection: Connection, { raw }: FastifyRequest, close: () => void) {
    this.#budget = budget;
    this.#connection = connection;
    this.#request = raw;
    this.#close = close;
  }

  /** Whether the sender has not shown a key yet, and needs one. */
  get isStranger(): boolean {
    return this.#isStranger;
  }

  /** The key, if there is one, is in the body: until it is found there, the body counts as a stranger's. To be called before the body comes. */
  expectKeyInBody(): void {
    this.#isStranger = true;
  }

  /** The sender has a key. */
  trust(): void {
    if (this.#isStranger) this.#budget.addOfStrangers(-this.#body);
    this.#isStranger = false;
  }

  /** Counts bytes of the body. Throws PROCESS_BUSY if the budget is spent, and INPUT_TOO_LARGE if this body alone exceeds it. */
  addBody(bytes: number): void {
    if (this.#isStranger) this.#addOfStranger(bytes);
    else this.#addBody(bytes);
  }

  #addOfStranger(bytes: number): void {
    if (this.#body + bytes > maxItemBytes)
      throw new DomainError(
        'INPUT_TOO_LARGE',
        `A body whose key is in it has at most ${maxItemBytes} bytes, decoded. Send less, or the key in the header Authorization.`,
      );
    if (!this.#budget.hasRoomForStrangers(bytes)) throw busy();
    this.#addBody(bytes);
    this.#budget.addOfStrangers(bytes);
  }

  #addBody(bytes: number): void {
    if (this.#body + bytes > this.#budget.max)
      throw new DomainError('INPUT_TOO_LARGE', 'The body takes more memory than the service has for bodies.');
    if (!this.#budget.hasRoom(bytes)) throw busy();
    this.#body += bytes;
    this.#budget.add(bytes);
  }

  /**
   * Reserves room for an answer before it is made: its maximum size, but at most a 64th of the budget, so that a small budget still
   * serves small answers. Throws PROCESS_BUSY if there is no room, or the client is gone.
   */
  expectAnswer(maxBytes: number): void {
    const bytes = Math.min(maxBytes, this.#budget.max / 64);
    if (this.#isSent || !this.#budget.hasRoom(bytes)) throw busy();
    this.#addAnswer(bytes - this.#answer);
  }

  /**
   * Counts the answer. Throws PROCESS_BUSY if there is no room for it and the caller may simply ask again; an answer about what was logged
   * is always given.
   */
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

  /** The answer is sent, or nobody is there to read it. The body is held for as long as the request is worked on. */
  sent(): void {
    if (this.#isSent) return;
    this.#isSent = true;
    this.#addAnswer(-this.#answer);
    if (this.#isAnswered) this.#release();
  }

  /** Closes the connection if the service has waited long for its client to send the body or to read the answer. */
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
    if (this.#isStranger) this.#budget.addOfStrangers(-this.#body);
    this.#body = 0;
    this.#close();
  }
}
