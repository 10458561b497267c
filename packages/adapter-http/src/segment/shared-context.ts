import { mendedJson } from './mended-json.ts';
import { isMetadata } from './metadata-of-calls.ts';
import { digestOfOriginal, type Original, originalOf } from './originals.ts';

/** The context of a batch, for each of its calls that has none. It is looked at once, as few bytes would stand for many. */
export class SharedContext {
  /** As metadata can hold it; undefined if none can. */
  readonly value: unknown;
  /** As it was sent, if the value is something else. */
  readonly original: Original | undefined;
  /** The bytes of JSON that it takes in the metadata of a call. */
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

  /** The same, left out of every call. */
  withoutValue(): SharedContext {
    return new SharedContext(this.#sent, 0);
  }

  /** Stands for it in a call that can't hold it beside its properties. */
  leftOut(): Original {
    return (this.#digest ??= digestOfOriginal('context', this.#sent));
  }
}

const bytesOf = (value: unknown): number =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
