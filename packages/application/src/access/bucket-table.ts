import { type RateLimits, TokenBucket, UsageLimits } from '@user-activity/domain';

/** The name of a limit per second. */
export type RateName = keyof RateLimits;

/** The buckets of one key or project. It has one for each of its limits. */
export type RateBuckets = ReadonlyMap<RateName, TokenBucket>;

/** The buckets of all keys, or of all projects, that have limits. They belong to this process, so each process allows the whole limit. */
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

  /** Takes the present limits. A bucket keeps its debt when its limit changes, so that no change gives a free burst. */
  replace(all: Iterable<readonly [Id, RateLimits]>): void {
    const buckets = new Map<Id, RateBuckets>();
    for (const [id, limits] of all) {
      const ofOwner = this.#changed(this.#buckets.get(id), limits);
      if (ofOwner.size > 0) buckets.set(id, ofOwner);
    }
    this.#buckets = buckets;
  }

  #changed(before: RateBuckets | undefined, limits: RateLimits): RateBuckets {
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
