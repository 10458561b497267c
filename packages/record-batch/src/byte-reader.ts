/** Thrown if the bytes of a batch violate Kafka's format or exceed a limit. */
export class UnreadableBytes extends Error {
  override readonly name: string = 'UnreadableBytes';
}

/** Thrown if a batch decompresses to more bytes than the limit. */
export class TooManyBytes extends UnreadableBytes {
  override readonly name = 'TooManyBytes';

  constructor(maxBytes: number) {
    super(`the batch decompresses to more than ${maxBytes} bytes`);
  }
}

const maxVarintBytes = 5;
const maxVarlongBytes = 10;

/**
 * Reads the parts of records in order. Throws UnreadableBytes if a number is out of range, or a part exceeds the remaining bytes.
 * Numbers are zigzag-encoded unless a method says otherwise, 7 bits to a byte: https://kafka.apache.org/documentation/#messageformat.
 */
export class ByteReader {
  readonly bytes: Buffer;
  position: number;
  readonly end: number;

  constructor(bytes: Buffer, position = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  int8(): number {
    return this.bytes.readInt8(this.skip(1));
  }

  uint8(): number {
    return this.bytes.readUInt8(this.skip(1));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.skip(4));
  }

  varint(): number {
    const { position } = this;
    const byte = this.bytes[position] ?? 0x80;
    // Most numbers in a record take one byte.
    if (byte < 0x80 && position < this.end) {
      this.position = position + 1;
      return (byte >>> 1) ^ -(byte & 1);
    }
    const value = this.#number(maxVarintBytes);
    if (value < -(2 ** 31) || value >= 2 ** 31) throw new UnreadableBytes('a number is too large');
    return value;
  }

  /** Reads a number of up to 64 bits. Exact up to 2^53, which is enough for times in milliseconds. */
  varlong(): number {
    return this.#number(maxVarlongBytes);
  }

  /** Reads a number that is not zigzag-encoded. */
  unsignedVarint(): number {
    return this.#unsigned(maxVarintBytes);
  }

  /** Reads the length of a part. Returns -1 if the part is null. */
  lengthOrNull(): number {
    const length = this.varint();
    if (length < -1) throw new UnreadableBytes('a length is negative');
    return length;
  }

  /** Reads a length or a count that must not be negative. */
  length(): number {
    const length = this.varint();
    if (length < 0) throw new UnreadableBytes('a length is negative');
    return length;
  }

  /** Skips `length` bytes. Returns the position at which they begin. */
  skip(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw new UnreadableBytes('a part is longer than the bytes that are left');
    this.position = start + length;
    return start;
  }

  #number(maxBytes: number): number {
    const value = this.#unsigned(maxBytes);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #unsigned(maxBytes: number): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < maxBytes; count += 1) {
      const byte = this.bytes[this.skip(1)] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new UnreadableBytes('a number is too long');
  }
}
