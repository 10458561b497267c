import { isMetadata, mendedJson } from './mended-json.ts';
import { digestOfOriginal, type Original, originalOf } from './originals.ts';

/** The context of a batch, for each call without one of its own. It is checked once, because it may be copied often. */
export class SharedContext {
  /** The value, mended for metadata; undefined if metadata cannot hold it. */
  readonly value: unknown;
  /** The value as it was sent, if it was changed. */
  readonly original: Original | undefined;
  /** The bytes of JSON that each copy takes in metadata. */
  readonly bytes: number;
  readonly #sent: unknown;
  #digest: Original | undefined;

  constructor(sent: unknown, maxBytes: number) {
    const mended = mendedJson(sent, maxBytes);
    const isKept = mended !== undefined && isMetadata({ context: mended.value }, maxBytes);
    this.#sent = sent;
    this.value = isKept ? mended.value : undefined;
    this.original = isKept ? (mended.isChanged ? originalOf('context', sent) : undefined) : this.leftOut();
    this.bytes = bytesOf(this.value) + bytesOf(this.original?.shown);
  }

  withoutValue(): SharedContext {
    return new SharedContext(this.#sent, 0);
  }

  /** Replaces the context in a call that cannot hold it beside its properties. */
  leftOut(): Original {
    return (this.#digest ??= digestOfOriginal('context', this.#sent));
  }
}

const bytesOf = (value: unknown): number =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
