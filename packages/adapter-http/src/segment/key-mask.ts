/** Replaces keys of this API by stars in JSON that is kept. SDKs and their users put keys into many places. */
export class KeyMask {
  /** The keys as they are in JSON. The longest come first, because a shorter key may be a part of a longer one. */
  readonly #keys: readonly string[];
  readonly #longest: number;

  constructor(apiKeys: readonly string[]) {
    this.#keys = apiKeys
      .map((key) => JSON.stringify(key).slice(1, -1))
      .filter((key) => key !== '')
      .toSorted((left, right) => right.length - left.length);
    this.#longest = this.#keys[0]?.length ?? 0;
  }

  /** The first `units` code units of the text. A key that begins in them and ends behind them is replaced as well. */
  beginningOf(json: string, units: number): string {
    return this.#masked(json.slice(0, units + this.#longest)).slice(0, units);
  }

  /** Stars are as long as the key, so that the text keeps its length. */
  #masked(json: string): string {
    return this.#keys.reduce((text, key) => text.replaceAll(key, () => '*'.repeat(key.length)), json);
  }
}
