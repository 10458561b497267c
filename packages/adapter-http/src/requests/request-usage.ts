import type { RateName, RateState, Usage } from '@user-activity/application';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { limitReached, rateLimitHeaders } from './rate-limit-fields.ts';

// A search takes this much at its start, because its duration is not known yet. So few of them run at once.
const estimatedSearchMs = 20;

export interface RequestUsageOptions {
  /** The limits that apply to the route. */
  readonly limits: readonly RateName[];
  /** What a refusal means for the content of the request, as a sentence. */
  readonly consequence: string;
  readonly onRefusal: (state: RateState) => void;
}

/** Counts what one request uses of the limits of its key and of its project. */
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
    throw limitReached(refusal, this.#options.consequence);
  }

  /** Takes the bytes that a body should have, so that requests at the same time do not exceed the limit together. */
  expectBody(bytes: number): void {
    this.#expectedBytes = bytes;
    this.#take('bytesPerSecond', bytes);
  }

  /** Counts decoded bytes of the body. */
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

  /** Calls a function that queries the store, and counts its time. Throws 429 if the limit is reached. */
  async timeSearch<Result>(search: () => Promise<Result>): Promise<Result> {
    this.assertRoom(['searchMsPerSecond']);
    return this.#usage.time('searchMsPerSecond', estimatedSearchMs, search);
  }

  /** Counts bytes of an answer that is sent in parts. */
  countAnswer(bytes: number): void {
    this.#take('answerBytesPerSecond', bytes);
  }

  /** Counts the answer, gives back the bytes that the body lacked, and adds the header fields of the limits to the response. */
  finish(reply: FastifyReply, answerBytes: number): void {
    this.#take('bytesPerSecond', -this.#expectedBytes);
    this.#expectedBytes = 0;
    if (!this.#isRefused) this.#take('answerBytesPerSecond', answerBytes);
    reply.headers(rateLimitHeaders(this.#usage.states(this.#options.limits)));
  }

  #take(name: RateName, amount: number): void {
    if (amount !== 0 && this.#options.limits.includes(name)) this.#usage.take(name, amount);
  }
}

/** Calls a function that queries the store, and counts its time if the request has limits. Throws 429 if the limit is reached. */
export const timeSearch = <Result>(
  { usage }: FastifyRequest,
  search: () => Promise<Result>,
): Promise<Result> => (usage === undefined ? search() : usage.timeSearch(search));

/**
 * Counts the items of a batch if the request has limits, also those before a fault in its body. Throws 429, and counts none, if the limit is
 * reached before the first portion or after the last. The use case logs nothing before the portions end, so nothing of a refused batch is
 * stored.
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
