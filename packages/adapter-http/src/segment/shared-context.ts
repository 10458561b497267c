import { isMetadata, mendJson } from './mended-json.ts';
import { digestOfOriginal, type Original, originalOf } from './originals.ts';

/** The context of a batch, which each call without a context of its own gets. It is checked only once, because many calls may copy it. */
export class SharedContext {
  /** The context with its invalid parts replaced. Undefined if metadata cannot hold it. */
  readonly value: unknown;
  /** The context as it was sent, if `value` differs from it. Undefined otherwise. */
  readonly original: Original | undefined;
  /** The size in bytes of the JSON that each copy adds to metadata. */
  readonly bytes: number;
  readonly #raw: unknown;
  #digest: Original | undefined;

  constructor(raw: unknown, maxBytes: number) {
    const mended = mendJson(raw, maxBytes);
    const isKept = mended !== undefined && isMetadata({ context: mended.value }, maxBytes);
    this.#raw = raw;
    this.value = isKept ? mended.value : undefined;
    this.original = isKept ? (mended.isChanged ? originalOf('context', raw) : undefined) : this.digest();
    this.bytes = bytesOf(this.value) + bytesOf(this.original?.shownValue);
  }

  /** Returns the context for calls that get no copy of it, but only its size and SHA-256. */
  withoutValue(): SharedContext {
    return new SharedContext(this.#raw, 0);
  }

  /** Returns the size and SHA-256 of the context, for a call whose metadata has no room for the context. */
  digest(): Original {
    return (this.#digest ??= digestOfOriginal('context', this.#raw));
  }
}

const bytesOf = (value: unknown): number =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
