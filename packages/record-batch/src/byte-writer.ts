/** Text of at most this many characters is written by a loop in this file. For longer text, the runtime is faster. */
const maxLoopLength = 32;
/** The number of bytes that are kept free for the size of a part. Most sizes take two bytes as a varint. */
const expectedSizeBytes = 2;

/** Writes numbers, bytes and text one after the other into one buffer, which grows when needed. Numbers are big-endian. */
export class ByteWriter {
  #bytes: Buffer;
  #position = 0;

  /** `capacity` is the expected number of bytes. */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get position(): number {
    return this.#position;
  }

  /** Returns the bytes from `start` to the position, as a view. Writing more may move the bytes to another buffer. */
  view(start = 0): Buffer {
    return this.#bytes.subarray(start, this.#position);
  }

  int8(value: number): void {
    this.#reserve(1);
    this.#position = this.#bytes.writeInt8(value, this.#position);
  }

  int16(value: number): void {
    this.#reserve(2);
    this.#position = this.#bytes.writeInt16BE(value, this.#position);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#position = this.#bytes.writeInt32BE(value, this.#position);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#position = this.#bytes.writeUInt32BE(value, this.#position);
  }

  /** Throws RangeError if the number is not an integer. */
  int64(value: number): void {
    this.#reserve(8);
    this.#position = this.#bytes.writeBigInt64BE(BigInt(value), this.#position);
  }

  /** Writes a number of 32 bits, zigzag-encoded, 7 bits to a byte: https://kafka.apache.org/documentation/#messageformat. */
  varint(value: number): void {
    this.#reserve(5);
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest >= 0x80; rest >>>= 7) this.#byte((rest & 0x7f) | 0x80);
    this.#byte(rest);
  }

  /** Writes a number of 64 bits in the same way as `varint`. Throws RangeError if the number is not an integer. */
  varlong(value: number): void {
    if (value === value >> 0) {
      this.varint(value);
      return;
    }
    this.#reserve(10);
    let rest = value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value);
    for (; rest >= 0x80n; rest >>= 7n) this.#byte(Number(rest & 0x7fn) | 0x80);
    this.#byte(Number(rest));
  }

  /** Writes bytes without their size. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** Leaves room for bytes that are written later. Until then, they have arbitrary values. */
  skip(length: number): void {
    this.#reserve(length);
    this.#position += length;
  }

  /** Writes the size of bytes, or of text in UTF-8, as a varint, and then the bytes or the text. For null, writes only the size -1. */
  sized(part: string | Uint8Array | null): void {
    if (part === null) this.varint(-1);
    else if (typeof part === 'string') this.#sizedText(part);
    else {
      this.varint(part.length);
      this.raw(part);
    }
  }

  /** Begins a part. `endPart` writes its size in front of it, as a varint. Returns the start, to pass to `endPart`. */
  beginPart(): number {
    const start = this.#position;
    this.#reserve(expectedSizeBytes);
    this.#position = start + expectedSizeBytes;
    return start;
  }

  /** Ends the part that began last. Moves the part if its size as a varint takes fewer or more than two bytes: below 64 or above 8,191. */
  endPart(start: number): void {
    this.#setSize(start, expectedSizeBytes, this.#position - start - expectedSizeBytes);
  }

  /** Overwrites 4 bytes at a position. */
  setInt32(position: number, value: number): void {
    this.#bytes.writeInt32BE(value, position);
  }

  /** Overwrites 4 bytes at a position. */
  setUint32(position: number, value: number): void {
    this.#bytes.writeUInt32BE(value, position);
  }

  /** Overwrites 8 bytes at a position. Throws RangeError if the number is not an integer. */
  setInt64(position: number, value: number): void {
    this.#bytes.writeBigInt64BE(BigInt(value), position);
  }

  #sizedText(text: string): void {
    const { length } = text;
    const start = this.#position;
    this.varint(length);
    const sizeBytes = this.#position - start;
    // Each UTF-16 code unit takes at most 3 bytes. The exact size takes longer, so it is computed only near the end of the buffer.
    if (3 * length > this.#bytes.length - this.#position) this.#reserve(Buffer.byteLength(text));
    const written =
      length <= maxLoopLength && this.#writeAscii(text) ? length : this.#bytes.write(text, this.#position);
    this.#position += written;
    // If there are as many bytes as code units, the text is ASCII, and the size is right already.
    if (written !== length) this.#setSize(start, sizeBytes, written);
  }

  /** Writes the text if it is ASCII, without moving the position. Returns whether it is. */
  #writeAscii(text: string): boolean {
    const bytes = this.#bytes;
    const start = this.#position;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return false;
      bytes[start + index] = code;
    }
    return true;
  }

  /** Writes the size of the last part at `start`, in front of the part, for which `sizeBytes` bytes were kept free. */
  #setSize(start: number, sizeBytes: number, size: number): void {
    const end = this.#position;
    const needed = varintBytes(size);
    if (needed !== sizeBytes) {
      this.#reserve(needed);
      this.#bytes.copyWithin(start + needed, start + sizeBytes, end);
    }
    this.#position = start;
    this.varint(size);
    this.#position = end + needed - sizeBytes;
  }

  #byte(value: number): void {
    this.#bytes[this.#position] = value;
    this.#position += 1;
  }

  #reserve(size: number): void {
    const needed = this.#position + size;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#position);
    this.#bytes = larger;
  }
}

const varintBytes = (size: number): number => {
  let count = 1;
  for (let rest = size * 2; rest >= 0x80; rest = Math.floor(rest / 0x80)) count += 1;
  return count;
};
