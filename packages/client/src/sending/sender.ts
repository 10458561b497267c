import type { Connection } from '../http/connection.ts';
import { pauseAfter } from '../http/pauses.ts';
import type { ActivityQueue } from './activity-queue.ts';
import { type BatchAnswer, sendBatch } from './batch-answer.ts';
import { callBack } from './call-back.ts';
import { Pause } from './pause.ts';
import type { Rejections } from './rejections.ts';

/** How activities are sent. */
export interface SenderOptions {
  /** The maximum number of activities of a request. Default: 500. */
  readonly maxBatchCount?: number | undefined;
  /** How long an activity waits for others, in ms. Default: 250. */
  readonly maxDelayMs?: number | undefined;
  /** Called after each failed attempt, with the pause before the next one. */
  readonly onRetry?: ((error: unknown, pauseMs: number) => void) | undefined;
}

const maxBatchBytes = 512 * 1024;
/** Browsers limit the bodies of the requests that outlive a page to 64 KiB together. */
const maxKeepaliveBytes = 60_000;
const refusedPauseMs = 60_000;

interface Waiter {
  /** The number of settled lines that it waits for. */
  readonly target: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends the lines of a queue in order, one batch after the other. A line leaves the queue only once the service holds it, or has rejected
 * it for good.
 */
export class Sender {
  readonly #connection: Connection;
  readonly #queue: ActivityQueue;
  readonly #rejections: Rejections;
  readonly #keepalive: boolean;
  readonly #maxCount: number;
  readonly #maxDelayMs: number;
  readonly #onRetry: (error: unknown, pauseMs: number) => void;
  readonly #end: AbortController = new AbortController();
  readonly #pause: Pause = new Pause();
  #waiters: Waiter[] = [];
  #running: Promise<void> | undefined;
  #settled = 0;
  #inFlight = 0;
  #failures = 0;
  /** Smaller than the maximum after a batch was too large. */
  #count: number;

  constructor(
    connection: Connection,
    queue: ActivityQueue,
    rejections: Rejections,
    { maxBatchCount = 500, maxDelayMs = 250, onRetry = () => {} }: SenderOptions,
    keepalive: boolean,
  ) {
    this.#connection = connection;
    this.#queue = queue;
    this.#rejections = rejections;
    this.#keepalive = keepalive;
    this.#maxCount = maxBatchCount;
    this.#count = maxBatchCount;
    this.#maxDelayMs = maxDelayMs;
    this.#onRetry = onRetry;
  }

  /** Begins to send, if there is something to send. */
  start(): void {
    if (this.#queue.count >= this.#maxCount) this.#pause.end('batch');
    if (this.#running !== undefined || this.#queue.count === 0 || this.#end.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      // A line may have been added after the last look at the queue.
      this.start();
    });
  }

  /** Resolves once every line that is in the queue now is settled. Rejects if the service refuses the requests. */
  flush(signal: AbortSignal): Promise<void> {
    if (this.#queue.count === 0) return Promise.resolve();
    const settled = new Promise<void>((resolve, reject) => {
      const waiter = { target: this.#settled + this.#queue.count, resolve, reject };
      this.#waiters.push(waiter);
      signal.addEventListener('abort', () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
      });
    });
    this.start();
    this.#pause.end('flush');
    return settled;
  }

  /** Sends what fits into one request that outlives the page. What the page does not see settled stays in the queue. */
  leave(): void {
    const lines = this.#queue.first(this.#inFlight + this.#maxCount, maxKeepaliveBytes * 2);
    const rest = lines.slice(this.#inFlight);
    while (bytesOf(rest) > maxKeepaliveBytes) rest.pop();
    if (rest.length > 0)
      void sendBatch(this.#connection, rest, { signal: this.#end.signal, keepalive: true });
  }

  /** Stops. Requests under way are given up. */
  async stop(): Promise<void> {
    this.#end.abort(new Error('The client is closed.'));
    this.#pause.end('stop');
    await this.#running;
    for (const { reject } of this.#waiters.splice(0)) reject(this.#end.signal.reason);
  }

  async #run(): Promise<void> {
    while (this.#queue.count > 0 && !this.#end.signal.aborted) {
      if (this.#queue.count < this.#maxCount && this.#waiters.length === 0)
        await this.#pause.begin(this.#maxDelayMs, ['batch', 'flush']);
      if (this.#end.signal.aborted) return;
      // A queue on a disk may fail, too.
      await this.#sendNext().catch((error: unknown) => this.#fail(error));
    }
  }

  async #sendNext(): Promise<void> {
    const lines = this.#queue.first(this.#count, this.#keepalive ? maxKeepaliveBytes : maxBatchBytes);
    this.#inFlight = lines.length;
    // Other scripts of the page may have used up the limit, so a batch that has failed goes the ordinary way.
    const isFirst = this.#failures === 0;
    const keepalive = this.#keepalive && isFirst && bytesOf(lines) <= maxKeepaliveBytes;
    const answer = await sendBatch(this.#connection, lines, { signal: this.#end.signal, keepalive });
    this.#inFlight = 0;
    if (!this.#end.signal.aborted) await this.#settle(lines, answer);
  }

  async #settle(lines: readonly string[], answer: BatchAnswer): Promise<void> {
    switch (answer.kind) {
      case 'settled':
        this.#failures = 0;
        // Slowly, because the limit of the service may be lower than ours.
        this.#count = Math.min(this.#maxCount, this.#count + Math.ceil(this.#count / 8));
        // First, because the process may end in between: better twice than never.
        for (const rejected of answer.rejected) this.#rejections.add(lines, rejected);
        this.#queue.remove(lines.length);
        this.#settled += lines.length;
        this.#waiters = this.#waiters.filter(({ target, resolve }) => {
          if (target > this.#settled) return true;
          resolve();
          return false;
        });
        return;
      case 'too large':
        this.#count = Math.ceil(lines.length / 2);
        return;
      case 'failed':
        return this.#fail(answer.error);
      case 'refused':
        // Only people can help: the activities wait for another key, and a flush tries again.
        for (const { reject } of this.#waiters.splice(0)) reject(answer.error);
        callBack(() => this.#onRetry(answer.error, refusedPauseMs));
        await this.#pause.begin(refusedPauseMs, ['flush']);
    }
  }

  async #fail(error: unknown): Promise<void> {
    const pauseMs = pauseAfter(error, this.#failures);
    this.#failures += 1;
    callBack(() => this.#onRetry(error, pauseMs));
    await this.#pause.begin(pauseMs, []);
  }
}

const bytesOf = (lines: readonly string[]): number => new TextEncoder().encode(lines.join('\n')).length;
