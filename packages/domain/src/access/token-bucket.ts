/** The number of seconds in which an empty bucket fills. After a pause, a client may use the limit of all these seconds at once. */
const burstSeconds = 5;

// Rounding errors can make a sum of fractions of tokens too small by at most this much.
const tolerance = 1e-6;

/**
 * A token bucket. It gains `perSecond` tokens in each second, up to the tokens of 5 s, and begins full. It is usable while it has at least one
 * whole token. A caller may take more tokens than there are: then the bucket is in debt, and not usable until it has gained the debt. So a
 * request of any size is possible, but the average never exceeds `perSecond`. Times are in milliseconds of a clock that never jumps.
 */
export class TokenBucket {
  static readonly burstSeconds: number = burstSeconds;
  #perSecond: number;
  #tokens: number;
  #countedAt: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond * burstSeconds;
    this.#countedAt = now;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  /** The maximum number of tokens. */
  get capacity(): number {
    return this.#perSecond * burstSeconds;
  }

  /** Returns the number of whole tokens. Returns 0 if the bucket is in debt. */
  wholeTokens(now: number): number {
    this.#gain(now);
    return Math.max(0, Math.floor(this.#tokens + tolerance));
  }

  /** Returns the time in milliseconds until the bucket is usable. Returns 0 if it is usable now. */
  waitMs(now: number): number {
    return this.wholeTokens(now) > 0 ? 0 : ((1 - this.#tokens) * 1000) / this.#perSecond;
  }

  /** Takes tokens, also more than there are. A negative amount returns tokens that were taken before but not used. */
  take(amount: number, now: number): void {
    this.#gain(now);
    this.#tokens = Math.min(this.capacity, this.#tokens - amount);
  }

  /** Changes how many tokens the bucket gains per second from now on. Keeps its tokens, up to the new capacity, and its debt. */
  change(perSecond: number, now: number): void {
    this.#gain(now);
    this.#perSecond = perSecond;
    this.#tokens = Math.min(this.capacity, this.#tokens);
  }

  #gain(now: number): void {
    const gained = ((now - this.#countedAt) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.capacity, this.#tokens + gained);
    this.#countedAt = now;
  }
}
