import { isMetadata, mendedJson } from './mended-json.ts';
import { digestOfOriginal, type Original, originalOf } from './originals.ts';

/** The context of a batch, for each call that has no context. It is checked once, because many calls may copy it. */
export class SharedContext {
  /** The context with its invalid parts replaced. Undefined if metadata cannot hold it. */
  readonly value: unknown;
  /** The context as it was sent, if `value` differs from it. */
  readonly original: Original | undefined;
  /** The bytes of JSON that each copy adds to metadata. */
  readonly bytes: number;
  readonly #sent: unknown;
  #digest: Original | undefined;

  constructor(sent: unknown, maxBytes: number) {
    const mended = mendedJson(sent, maxBytes);
    const isKept = mended !== undefined && isMetadata({ context: mended.value }, maxBytes);
    this.#sent = sent;
    this.value = isKept ? mended.value : undefined;
    this.original = isKept ? (mended.isChanged ? originalOf('context', sent) : undefined) : this.digest();
    this.bytes = bytesOf(this.value) + bytesOf(this.original?.shown);
  }

  withoutValue(): SharedContext {
    return new SharedContext(this.#sent, 0);
  }

  /** The size and SHA-256 of the context, for a call whose metadata has no room for it. */
  digest(): Original {
    return (this.#digest ??= digestOfOriginal('context', this.#sent));
  }
}

const bytesOf = (value: unknown): number =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
