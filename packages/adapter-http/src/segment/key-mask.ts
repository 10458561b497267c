// Matches the keys of the store. They are recognised by their form, because revoked and new keys are not known here.
const storedKey = /ua_[0-9a-f]{16}_[A-Za-z0-9_-]{43}/g;
const storedKeyLength = 63;

/** Replaces API keys by asterisks in the JSON that dead letters keep. Clients put their keys into many members of a call. */
export class KeyMask {
  /** The root keys as they are escaped in JSON. The longest come first, because a shorter key may be a part of a longer one. */
  readonly #keys: readonly string[];

  constructor(apiKeys: readonly string[]) {
    this.#keys = apiKeys
      .map((key) => JSON.stringify(key).slice(1, -1))
      .filter((key) => key !== '')
      .toSorted((left, right) => right.length - left.length);
  }

  /** Masks the keys in JSON, and returns its first `maxUnits` UTF-16 code units. A key that only begins within these is masked as well. */
  beginningOf(json: string, maxUnits: number): string {
    const overlap = Math.max(this.#keys[0]?.length ?? 0, storedKeyLength);
    // A key is replaced by as many asterisks as it has characters, so that the text keeps its length.
    return this.#keys
      .reduce(
        (text, key) => text.replaceAll(key, '*'.repeat(key.length)),
        json.slice(0, maxUnits + overlap).replaceAll(storedKey, '*'.repeat(storedKeyLength)),
      )
      .slice(0, maxUnits);
  }
}
