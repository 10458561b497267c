import { JsonScratch, utf8Text } from './json-scratch.ts';

// The type codes of BSON elements, from https://bsonspec.org/spec.html.
const types = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  boolean: 8,
  date: 9,
  null: 10,
  int32: 16,
} as const;

// The maximum depth of metadata.
const maxDepth = 64;
const lastAscii = 0x7f;

/**
 * Reads the elements of a BSON document in order. A method returns undefined if the value does not have the expected type, or if the
 * driver might decode it to another value. The reader then goes to the end of the document.
 */
export class BsonReader {
  readonly #bytes: Buffer;
  /** The bytes as Latin-1 text. Slicing it gives an ASCII text without a call of native code. */
  readonly #text: string;
  #position = 4;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#text = bytes.toString('latin1');
  }

  /** Returns the type of the next element, or 0 at the end of the document. */
  type(): number {
    return this.#bytes[this.#position++] ?? 0;
  }

  name(): string {
    const start = this.#position;
    this.#skipName();
    return this.#text.slice(start, this.#position - 1);
  }

  /**
   * Enters an embedded document. Returns false if the value is not a document. At the end of the embedded document, `type` returns 0. The
   * next call of `type` then reads the parent.
   */
  entersDocument(type: number): boolean {
    if (type === types.object) this.#position += 4;
    else this.#end();
    return type === types.object;
  }

  string(type: number): string | undefined {
    if (type !== types.string) return this.#end();
    const end = this.#stringEnd();
    const start = this.#position;
    this.#position = end + 1;
    return isAscii(this.#bytes, start, end)
      ? this.#text.slice(start, end)
      : utf8Text(this.#bytes, start, end);
  }

  /** Returns a date as milliseconds since 1970. */
  date(type: number): number | undefined {
    if (type !== types.date) return this.#end();
    const low = this.#int32() >>> 0;
    return this.#int32() * 2 ** 32 + low;
  }

  number(type: number): number | undefined {
    if (type === types.int32) return this.#int32();
    if (type !== types.double) return this.#end();
    this.#position += 8;
    return this.#bytes.readDoubleLE(this.#position - 8);
  }

  /** Returns an embedded document as the JSON that `JSON.stringify` would write for the decoded document. */
  json(type: number): string | undefined {
    if (type !== types.object || this.#bytes.length > JsonScratch.maxBsonBytes) return this.#end();
    scratch.clear();
    return this.#writeValue(type, 0) ? scratch.text() : this.#end();
  }

  /** Writes a value as JSON. Returns false if only the driver can decode it. */
  #writeValue(type: number, depth: number): boolean {
    switch (type) {
      case types.string: {
        const end = this.#stringEnd();
        const start = this.#position;
        this.#position = end + 1;
        return scratch.writeString(this.#bytes, start, end);
      }
      case types.int32:
      case types.double: {
        const value = this.number(type);
        scratch.writeAscii(Number.isFinite(value) ? String(value) : 'null');
        return true;
      }
      case types.object:
        return depth < maxDepth && this.#writeMembers(depth + 1);
      case types.array:
        return depth < maxDepth && this.#writeItems(depth + 1);
      case types.boolean:
        scratch.writeAscii(this.type() === 1 ? 'true' : 'false');
        return true;
      case types.null:
        scratch.writeAscii('null');
        return true;
      default:
        return false;
    }
  }

  #writeMembers(depth: number): boolean {
    this.#position += 4;
    scratch.writeAscii('{');
    let separator = '';
    for (let type = this.type(); type !== 0; type = this.type()) {
      scratch.writeAscii(separator);
      const start = this.#position;
      this.#skipName();
      if (!scratch.writeKey(this.#bytes, start, this.#position - 1) || !this.#writeValue(type, depth))
        return false;
      separator = ',';
    }
    scratch.writeAscii('}');
    return true;
  }

  #writeItems(depth: number): boolean {
    this.#position += 4;
    scratch.writeAscii('[');
    let separator = '';
    for (let type = this.type(); type !== 0; type = this.type()) {
      scratch.writeAscii(separator);
      this.#skipName();
      if (!this.#writeValue(type, depth)) return false;
      separator = ',';
    }
    scratch.writeAscii(']');
    return true;
  }

  #end(): undefined {
    this.#position = this.#bytes.length;
    return undefined;
  }

  #skipName(): void {
    while (byteAt(this.#bytes, this.#position) !== 0) this.#position += 1;
    this.#position += 1;
  }

  #stringEnd(): number {
    const size = this.#int32();
    return this.#position + size - 1;
  }

  #int32(): number {
    const [bytes, at] = [this.#bytes, this.#position];
    this.#position = at + 4;
    const low = byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8);
    return low | (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24);
  }
}

const scratch = new JsonScratch();

const byteAt = (bytes: Buffer, index: number): number => bytes[index] ?? 0;

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) if (byteAt(bytes, index) > lastAscii) return false;
  return true;
}
