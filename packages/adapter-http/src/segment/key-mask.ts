/** Replaces API keys by stars in the JSON that dead letters keep. Clients put their keys into many members of a call. */
export class KeyMask {
  /** The keys as JSON shows them. The longest come first, because a shorter key may be a part of a longer one. */
  readonly #keys: readonly string[];

  constructor(apiKeys: readonly string[]) {
    this.#keys = apiKeys
      .map((key) => JSON.stringify(key).slice(1, -1))
      .filter((key) => key !== '')
      .toSorted((left, right) => right.length - left.length);
  }

  /** Returns the first `units` code units of the masked JSON. A key that only begins within them is replaced as well. */
  beginningOf(json: string, units: number): string {
    const longest = this.#keys[0]?.length ?? 0;
    // Stars are as long as the key, so that the text keeps its length.
    return this.#keys
      .reduce((text, key) => text.replaceAll(key, '*'.repeat(key.length)), json.slice(0, units + longest))
      .slice(0, units);
  }
}
