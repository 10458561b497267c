import { type RateLimits, TokenBucket, UsageLimits } from '@user-activity/domain';

/** The name of a rate limit. */
export type RateName = keyof RateLimits;

/** The token buckets of one key or project, one for each of its rate limits. */
export type RateBuckets = ReadonlyMap<RateName, TokenBucket>;

/**
 * The token buckets of all keys, or of all projects, that have rate limits. Processes do not share them, so each process allows the whole
 * limit.
 */
export class BucketTable<Id extends string> {
  readonly #now: () => number;
  #buckets: ReadonlyMap<Id, RateBuckets> = new Map();

  /** `now` is a clock in milliseconds that never jumps. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the buckets of a key or project, or undefined if it has no limits. */
  of(id: Id): RateBuckets | undefined {
    return this.#buckets.get(id);
  }

  /** Replaces the limits of all owners. A bucket keeps its debt when its limit changes, so that no change gives a free burst. */
  replace(all: Iterable<readonly [Id, RateLimits]>): void {
    const buckets = new Map<Id, RateBuckets>();
    for (const [id, limits] of all) {
      const rateBuckets = this.#bucketsFor(limits, this.#buckets.get(id));
      if (rateBuckets.size > 0) buckets.set(id, rateBuckets);
    }
    this.#buckets = buckets;
  }

  #bucketsFor(limits: RateLimits, before: RateBuckets | undefined): RateBuckets {
    const after = new Map<RateName, TokenBucket>();
    const now = this.#now();
    for (const name of UsageLimits.rates) {
      const perSecond = limits[name];
      if (perSecond === undefined) continue;
      const bucket = before?.get(name) ?? new TokenBucket(perSecond, now);
      if (bucket.perSecond !== perSecond) bucket.change(perSecond, now);
      after.set(name, bucket);
    }
    return after;
  }
}
