import { RuleBroken } from '../shared/violation.ts';

/** What one API key or project may use in each second. A limit that is absent does not apply. */
export interface RateLimits {
  /** Activities, events and calls that are sent, also those that are rejected. */
  readonly itemsPerSecond?: number;
  /** Bytes of request bodies, after decompression. */
  readonly bytesPerSecond?: number;
  /** Bytes of responses. */
  readonly answerBytesPerSecond?: number;
  /** Milliseconds that queries take in the store. */
  readonly searchMsPerSecond?: number;
}

/** What one project may use. A limit that is absent does not apply. */
export interface UsageLimits extends RateLimits {
  /** The maximum total size of the project's activities in the store, in bytes. */
  readonly storedBytes?: number;
}

// Equal to Number.MAX_SAFE_INTEGER.
const max = 9_007_199_254_740_991;
const rates = ['itemsPerSecond', 'bytesPerSecond', 'answerBytesPerSecond', 'searchMsPerSecond'] as const;
const names = [...rates, 'storedBytes'] as const;

export const UsageLimits = {
  /** The names of the limits of `RateLimits`, which both keys and projects may have. */
  rates: rates as readonly (keyof RateLimits)[],
  /** The names of all limits that a project may have. */
  names: names as readonly (keyof UsageLimits)[],
  /** The maximum of each limit. */
  max: max as number,
  /** The default limits of public keys. Public keys have limits by default because anybody can use them. */
  ofPublicKeys: { itemsPerSecond: 500, bytesPerSecond: 1_000_000 } satisfies RateLimits as RateLimits,
  /** Parses one limit. Returns undefined for null, which means no limit. Throws RuleBroken if it is not a whole number from 1 to `max`. */
  parse(raw: unknown): number | undefined {
    if (raw === null || raw === undefined) return undefined;
    if (typeof raw !== 'number' || !Number.isSafeInteger(raw) || raw < 1)
      throw new RuleBroken(`must be a whole number from 1 to ${max}, or null for no limit`);
    return raw;
  },
  /** Returns whether no limit is set. */
  isNone: (limits: UsageLimits): boolean => Object.keys(limits).length === 0,
  /** Converts limits from our own store. Omits limits that this version does not know. */
  trusted: (raw: Readonly<Record<string, number>>): UsageLimits =>
    Object.fromEntries(names.flatMap((name) => (raw[name] === undefined ? [] : [[name, raw[name]]]))),
};
