import { checkNumbers } from '../shared/check-numbers.ts';
import type { Connection } from '../http/connection.ts';
import { computePauseMs } from '../http/pauses.ts';
import type { ActivityQueue } from './activity-queue.ts';
import { type BatchAnswer, sendBatch } from './batch-answer.ts';
import { utf8Length } from './utf8-length.ts';
import { runCallback } from './run-callback.ts';
import { onPageHide } from './page-hide.ts';
import { type Interruption, Pause } from './pause.ts';
import type { Rejections } from './rejections.ts';

/** How the client batches activities, and reports failed attempts. */
export interface SenderOptions {
  /** The maximum number of activities in a request. Default: 500. */
  readonly maxBatchCount?: number | undefined;
  /** How long the client waits for more activities before it sends a batch that is not full, in ms. Default: 250. */
  readonly maxDelayMs?: number | undefined;
  /** Called after each failed attempt, with the pause before the next one. */
  readonly onRetry?: ((error: unknown, pauseMs: number) => void) | undefined;
}

const maxBatchBytes = 512 * 1024;
/** Browsers allow 64 KiB for the bodies of all pending `keepalive` requests of a page together. This leaves some room. */
const maxKeepaliveBytes = 60_000;
/** The pause after a refusal, such as one for an invalid key: retries are of no use until somebody corrects the cause. */
const refusedPauseMs = 60_000;

/** Makes the error of a call after the client was closed. */
export const makeClosedError = (): Error => new Error('The client is closed.');

/** A call of `flush` that waits until its lines are settled. */
interface Waiter {
  /** The value of `#settled` at which the call resolves. */
  readonly target: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends the lines of a queue in order, one batch after the other. A line stays in the queue until it is settled: the service has accepted
 * it, or rejected it for good.
 */
export class Sender {
  readonly #connection: Connection;
  readonly #queue: ActivityQueue;
  readonly #rejections: Rejections;
  /** Whether this program runs in a page. Requests then use `keepalive`, so that the browser finishes them after the user has left. */
  readonly #keepalive: boolean;
  readonly #maxCount: number;
  readonly #maxDelayMs: number;
  readonly #onRetry: (error: unknown, pauseMs: number) => void;
  readonly #end: AbortController = new AbortController();
  readonly #pause: Pause = new Pause();
  #waiters: Waiter[] = [];
  #running: Promise<void> | undefined;
  /** The number of lines that were settled since the sender was made. */
  #settled = 0;
  /** The number of lines in the batch that `#run` is sending. */
  #inFlight = 0;
  /** The size of all pending `keepalive` requests, in bytes. */
  #keepaliveBytes = 0;
  /** The number of failed attempts since the last success. */
  #failures = 0;
  /** The current maximum number of lines in a batch. It shrinks after a batch was too large, and then grows back. */
  #batchCount: number;

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
    this.#batchCount = maxBatchCount;
    this.#maxDelayMs = maxDelayMs;
    this.#onRetry = onRetry;
    this.#keepalive = onPageHide(() => this.#sendBeforePageEnds(), this.#end.signal);
  }

  /** Starts sending, unless the sender is already running, the queue is empty, or the sender was stopped. */
  start(): void {
    if (this.#queue.count >= this.#maxCount) this.#pause.end('batch');
    if (this.#running !== undefined || this.#queue.count === 0 || this.#end.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      // A line may have been added after the loop saw an empty queue.
      this.start();
    });
  }

  /**
   * Sends without waiting for more lines. Resolves once every line that is in the queue now is settled. Rejects if the service refuses the
   * requests.
   */
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

  /**
   * Sends the lines that are not being sent yet, as many as fit into a `keepalive` request. They stay in the queue, because the page may end
   * before the answer arrives. If it does not end, the usual batches send them again.
   */
  #sendBeforePageEnds(): void {
    const lines = this.#queue.first(this.#inFlight + this.#maxCount, maxKeepaliveBytes * 2);
    const rest = lines.slice(this.#inFlight);
    while (!this.#fitsKeepalive(rest)) rest.pop();
    if (rest.length > 0) void this.#send(rest, true);
  }

  #fitsKeepalive(lines: readonly string[]): boolean {
    return this.#keepaliveBytes + bytesOf(lines) <= maxKeepaliveBytes;
  }

  async #send(lines: readonly string[], keepalive: boolean): Promise<BatchAnswer> {
    const bytes = keepalive ? bytesOf(lines) : 0;
    this.#keepaliveBytes += bytes;
    const answer = await sendBatch(this.#connection, lines, { signal: this.#end.signal, keepalive });
    this.#keepaliveBytes -= bytes;
    return answer;
  }

  /** Stops sending. Cancels pending requests, and rejects waiting `flush` calls. */
  async stop(): Promise<void> {
    this.#end.abort(makeClosedError());
    this.#pause.end('stop');
    await this.#running;
    for (const { reject } of this.#waiters.splice(0)) reject(this.#end.signal.reason);
  }

  async #run(): Promise<void> {
    while (this.#queue.count > 0 && !this.#end.signal.aborted) {
      if (this.#queue.count < this.#maxCount && this.#waiters.length === 0)
        await this.#pause.begin(this.#maxDelayMs, ['batch', 'flush']);
      if (this.#end.signal.aborted) return;
      // A queue on the disk may throw.
      await this.#sendNext().catch((error: unknown) => this.#fail(error));
    }
  }

  async #sendNext(): Promise<void> {
    const lines = this.#queue.first(this.#batchCount, this.#keepalive ? maxKeepaliveBytes : maxBatchBytes);
    this.#inFlight = lines.length;
    // A `keepalive` request over the limit fails, and requests of other scripts count, too. So retries do not use `keepalive`.
    const isRetry = this.#failures > 0;
    const answer = await this.#send(lines, this.#keepalive && !isRetry && this.#fitsKeepalive(lines));
    this.#inFlight = 0;
    if (!this.#end.signal.aborted) await this.#settle(lines, answer);
  }

  async #settle(lines: readonly string[], answer: BatchAnswer): Promise<void> {
    switch (answer.kind) {
      case 'settled':
        this.#failures = 0;
        // Batches grow slowly, because the limit of the service may be lower than ours.
        this.#batchCount = Math.min(this.#maxCount, this.#batchCount + Math.ceil(this.#batchCount / 8));
        // Before `remove`: if the process ends in between, a rejection is reported twice, and not lost.
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
        this.#batchCount = Math.ceil(lines.length / 2);
        return;
      case 'failed':
        return this.#fail(answer.error);
      case 'refused':
        // Somebody has to correct the key, the project or the URL. Until then the activities wait. `flush` tries again at once.
        for (const { reject } of this.#waiters.splice(0)) reject(answer.error);
        return this.#retryAfter(answer.error, refusedPauseMs, ['flush']);
    }
  }

  #fail(error: unknown): Promise<void> {
    const pauseMs = computePauseMs(error, this.#failures);
    this.#failures += 1;
    return this.#retryAfter(error, pauseMs, []);
  }

  #retryAfter(error: unknown, pauseMs: number, interruptions: readonly Interruption[]): Promise<void> {
    runCallback(() => this.#onRetry(error, pauseMs));
    return this.#pause.begin(pauseMs, interruptions);
  }
}

const bytesOf = (lines: readonly string[]): number => utf8Length(lines.join('\n'));
