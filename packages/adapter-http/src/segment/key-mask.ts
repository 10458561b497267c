/** Writes stars over the keys of this API in JSON that is kept. SDKs, and those who call them, put keys where nobody looks for them. */
export class KeyMask {
  /** As JSON writes them, the longest first: another may be a part of it. */
  readonly #keys: readonly string[];
  readonly #longest: number;

  constructor(apiKeys: readonly string[]) {
    this.#keys = apiKeys
      .map((key) => JSON.stringify(key).slice(1, -1))
      .filter((key) => key !== '')
      .toSorted((one, other) => other.length - one.length);
    this.#longest = this.#keys[0]?.length ?? 0;
  }

  /** The first code units of the text. A key counts whole that begins among them: no part of it is left. */
  beginningOf(json: string, units: number): string {
    return this.#masked(json.slice(0, units + this.#longest)).slice(0, units);
  }

  /** Stars take as many places as the key, so that every other place stays where it is. */
  #masked(json: string): string {
    return this.#keys.reduce((text, key) => text.replaceAll(key, () => '*'.repeat(key.length)), json);
  }
}
