import { checkNumbers } from '../shared/check-numbers.ts';
import type { Connection } from '../http/connection.ts';
import { pauseAfter } from '../http/pauses.ts';
import type { ActivityQueue } from './activity-queue.ts';
import { type BatchAnswer, sendBatch } from './batch-answer.ts';
import { bytesIn } from './bytes-in.ts';
import { callBack } from './call-back.ts';
import { onPageHide } from './page-hide.ts';
import { type Interruption, Pause } from './pause.ts';
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

/** The error of what a closed client cannot do. */
export const closedError = (): Error => new Error('The client is closed.');

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
  /** Whether batches outlive the page. */
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
  /** The bytes of the requests under way that outlive the page. */
  #keepaliveBytes = 0;
  #failures = 0;
  /** Smaller than the maximum after a batch was too large. */
  #count: number;

  constructor(
    connection: Connection,
    queue: ActivityQueue,
    rejections: Rejections,
    { maxBatchCount = 500, maxDelayMs = 250, onRetry = () => {} }: SenderOptions,
  ) {
    checkNumbers(1, { maxBatchCount });
    checkNumbers(0, { maxDelayMs });
    this.#connection = connection;
    this.#queue = queue;
    this.#rejections = rejections;
    this.#maxCount = maxBatchCount;
    this.#count = maxBatchCount;
    this.#maxDelayMs = maxDelayMs;
    this.#onRetry = onRetry;
    this.#keepalive = onPageHide(() => this.#leave(), this.#end.signal);
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
  async flush(signal: AbortSignal): Promise<void> {
    if (this.#queue.count === 0) return;
    const settled = new Promise<void>((resolve, reject) => {
      const waiter = { target: this.#settled + this.#queue.count, resolve, reject };
      this.#waiters.push(waiter);
      signal.addEventListener('abort', () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
      });
    });
    this.start();
    this.#pause.end('flush');
    await settled;
  }

  /** Sends what fits into one request that outlives the page. What the page does not see settled stays in the queue. */
  #leave(): void {
    const lines = this.#queue.first(this.#inFlight + this.#maxCount, maxKeepaliveBytes * 2);
    const rest = lines.slice(this.#inFlight);
    while (!this.#mayOutlive(rest)) rest.pop();
    if (rest.length > 0) void this.#send(rest, true);
  }

  #mayOutlive(lines: readonly string[]): boolean {
    return this.#keepaliveBytes + bytesOf(lines) <= maxKeepaliveBytes;
  }

  async #send(lines: readonly string[], keepalive: boolean): Promise<BatchAnswer> {
    const bytes = keepalive ? bytesOf(lines) : 0;
    this.#keepaliveBytes += bytes;
    const answer = await sendBatch(this.#connection, lines, { signal: this.#end.signal, keepalive });
    this.#keepaliveBytes -= bytes;
    return answer;
  }

  /** Stops. Requests under way are given up. */
  async stop(): Promise<void> {
    this.#end.abort(closedError());
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
    const answer = await this.#send(lines, this.#keepalive && isFirst && this.#mayOutlive(lines));
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
        return this.#retryAfter(answer.error, refusedPauseMs, ['flush']);
    }
  }

  #fail(error: unknown): Promise<void> {
    const pauseMs = pauseAfter(error, this.#failures);
    this.#failures += 1;
    return this.#retryAfter(error, pauseMs, []);
  }

  #retryAfter(error: unknown, pauseMs: number, interruptions: readonly Interruption[]): Promise<void> {
    callBack(() => this.#onRetry(error, pauseMs));
    return this.#pause.begin(pauseMs, interruptions);
  }
}

const bytesOf = (lines: readonly string[]): number => bytesIn(lines.join('\n'));
