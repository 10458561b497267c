import { type Principal, type ProjectId, TokenBucket } from '@user-activity/domain';
import type { ProjectTable } from '../projects/project-table.ts';
import type { RateBuckets, RateName } from './bucket-table.ts';
import type { KeyTable } from './key-table.ts';

/** The owner of a limit: the key of a request, or the project of the request. */
export type LimitOwner = 'key' | 'project';

/** One rate limit that applies to a request, and how much of it is left. */
export interface RateState {
  readonly owner: LimitOwner;
  readonly name: RateName;
  readonly perSecond: number;
  /** How much can be used at once after a pause of `burstSeconds`. */
  readonly burst: number;
  readonly burstSeconds: number;
  /** How much can be used now before the bucket is empty. 0 while the limit refuses requests. */
  readonly left: number;
  /** The time until the limit allows further requests, in milliseconds. 0 if it allows them now. */
  readonly waitMs: number;
}

/** The rate limits that apply to one request: those of its key, and those of its project. */
export class Usage {
  readonly #buckets: readonly (readonly [LimitOwner, RateBuckets])[];
  readonly #now: () => number;

  constructor(buckets: readonly (readonly [LimitOwner, RateBuckets])[], now: () => number) {
    this.#buckets = buckets;
    this.#now = now;
  }

  /** Returns the named limit that refuses the request for the longest time, or undefined if all of them allow it. Takes nothing from the buckets. */
  refusalBy(names: readonly RateName[]): RateState | undefined {
    let longest: RateState | undefined;
    for (const state of this.states(names)) if (state.waitMs > (longest?.waitMs ?? 0)) longest = state;
    return longest;
  }

  /** Takes an amount from the bucket of the key and from the bucket of the project. A negative amount gives tokens back. */
  take(name: RateName, amount: number): void {
    const now = this.#now();
    for (const [, buckets] of this.#buckets) buckets.get(name)?.take(amount, now);
  }

  /**
   * Calls `work` and takes its duration in milliseconds from the buckets. It takes `estimateMs` before the call and corrects it afterwards, so
   * that many calls at the same time reach the limit before the first one ends.
   */
  async time<Result>(name: RateName, estimateMs: number, work: () => Promise<Result>): Promise<Result> {
    const start = this.#now();
    this.take(name, estimateMs);
    try {
      return await work();
    } finally {
      this.take(name, this.#now() - start - estimateMs);
    }
  }

  /** Returns the state of each named limit that the key or the project has. */
  states(names: readonly RateName[]): readonly RateState[] {
    const now = this.#now();
    return this.#buckets.flatMap(([owner, buckets]) =>
      names.flatMap((name) => {
        const bucket = buckets.get(name);
        return bucket === undefined ? [] : [stateOf(owner, name, bucket, now)];
      }),
    );
  }
}

const stateOf = (owner: LimitOwner, name: RateName, bucket: TokenBucket, now: number): RateState => ({
  owner,
  name,
  perSecond: bucket.perSecond,
  burst: bucket.capacity,
  burstSeconds: TokenBucket.burstSeconds,
  left: bucket.wholeTokens(now),
  waitMs: bucket.waitMs(now),
});

/** Finds the limits of a request. Returns undefined if neither its key nor its project has limits. */
export type FindUsage = (principal: Principal, project: ProjectId) => Usage | undefined;

export const usageFinder = (
  { buckets: keyBuckets }: Pick<KeyTable, 'buckets'>,
  { buckets: projectBuckets }: Pick<ProjectTable, 'buckets'>,
  now: () => number,
): FindUsage =>
  function findUsage({ actor }, project) {
    const [bucketsOfKey, bucketsOfProject] = [keyBuckets.of(actor), projectBuckets.of(project)];
    if (bucketsOfKey === undefined && bucketsOfProject === undefined) return undefined;
    const buckets: (readonly [LimitOwner, RateBuckets])[] = [];
    if (bucketsOfKey !== undefined) buckets.push(['key', bucketsOfKey]);
    if (bucketsOfProject !== undefined) buckets.push(['project', bucketsOfProject]);
    return new Usage(buckets, now);
  };
