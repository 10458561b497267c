import type { RateName, RateState, Usage } from '@user-activity/application';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { limitReachedProblem, makeRateLimitHeaders } from './rate-limit-fields.ts';

// Counted when a search starts, because its duration is not known yet. Otherwise, too many searches could start at once.
const estimatedSearchMs = 20;

export interface RequestUsageOptions {
  /** The limits that apply to the route. */
  readonly limits: readonly RateName[];
  /** A sentence that says what a refusal means for the content of the request, with a space at its end. May be empty. */
  readonly consequence: string;
  readonly onRefusal: (state: RateState) => void;
}

/** Counts what one request uses of the limits of its key and of its project, and refuses the request if a limit is reached. */
export class RequestUsage {
  readonly #usage: Usage;
  readonly #options: RequestUsageOptions;
  #expectedBytes = 0;
  #isRefused = false;

  constructor(usage: Usage, options: RequestUsageOptions) {
    this.#usage = usage;
    this.#options = options;
  }

  /** Throws 429 if a limit is reached. */
  assertRoom(limits: readonly RateName[] = this.#options.limits): void {
    const refusal = this.#usage.refusalBy(limits);
    if (refusal === undefined) return;
    this.#isRefused = true;
    this.#options.onRefusal(refusal);
    throw limitReachedProblem(refusal, this.#options.consequence);
  }

  /** Counts the expected bytes of a body before they arrive, so that concurrent requests do not exceed the limit together. */
  expectBody(bytes: number): void {
    this.#expectedBytes = bytes;
    this.#take('bytesPerSecond', bytes);
  }

  /** Counts decoded bytes of the body. The expected bytes among them are already counted. */
  countBody(bytes: number): void {
    const expected = Math.min(bytes, this.#expectedBytes);
    this.#expectedBytes -= expected;
    this.#take('bytesPerSecond', bytes - expected);
  }

  /** Counts items before they are logged. Throws 429, and counts none, if the limit is reached. */
  countItems(count: number): void {
    this.assertRoom(['itemsPerSecond']);
    this.takeItems(count);
  }

  /** Counts items, even if the limit is reached. */
  takeItems(count: number): void {
    this.#take('itemsPerSecond', count);
  }

  /** Runs a query on the store, and counts its duration. Throws 429 without running the query if the limit is reached. */
  async runLimitedSearch<Result>(search: () => Promise<Result>): Promise<Result> {
    this.assertRoom(['searchMsPerSecond']);
    return this.#usage.time('searchMsPerSecond', estimatedSearchMs, search);
  }

  /** Counts bytes of a response that is sent in parts. */
  countAnswer(bytes: number): void {
    this.#take('answerBytesPerSecond', bytes);
  }

  /**
   * Counts the bytes of the response, subtracts the expected bytes that did not arrive, and adds the rate limit headers to the response.
   */
  finish(reply: FastifyReply, answerBytes: number): void {
    this.#take('bytesPerSecond', -this.#expectedBytes);
    this.#expectedBytes = 0;
    if (!this.#isRefused) this.#take('answerBytesPerSecond', answerBytes);
    reply.headers(makeRateLimitHeaders(this.#usage.states(this.#options.limits)));
  }

  #take(name: RateName, amount: number): void {
    if (amount !== 0 && this.#options.limits.includes(name)) this.#usage.take(name, amount);
  }
}

/** Runs a query on the store. If the request has limits, counts the duration of the query, or throws 429 if the limit is reached. */
export const runLimitedSearch = <Result>(
  { usage }: FastifyRequest,
  search: () => Promise<Result>,
): Promise<Result> => (usage === undefined ? search() : usage.runLimitedSearch(search));

/**
 * Passes on the items of a batch, and counts them if the request has limits. If the body has a fault, the items before it count too. Throws
 * 429, and counts none, if the limit is reached before the first portion or after the last. The use case logs nothing before the portions
 * end, so nothing of a refused batch is stored.
 */
export function countedItems<Item>(
  { usage }: Pick<FastifyRequest, 'usage'>,
  portions: AsyncIterable<readonly Item[]>,
): AsyncIterable<readonly Item[]> {
  return usage === undefined ? portions : withCount(usage, portions);
}

async function* withCount<Item>(
  usage: RequestUsage,
  portions: AsyncIterable<readonly Item[]>,
): AsyncGenerator<readonly Item[], void, undefined> {
  usage.assertRoom(['itemsPerSecond']);
  let count = 0;
  try {
    for await (const portion of portions) {
      count += portion.length;
      yield portion;
    }
  } catch (error) {
    // Otherwise batches that are broken at their end would be free.
    usage.takeItems(count);
    throw error;
  }
  usage.countItems(count);
}
