import type { BatchHeader } from './batch-header.ts';
import { ByteReader, UnreadableBytes } from './byte-reader.ts';
import { HeaderNames } from './header-names.ts';
import { maxHeaders } from './limits.ts';

const names = new HeaderNames();

/**
 * A record of a batch, with the fields that KafkaJS expects. The constructor finds only the positions of key, value and headers. The
 * getters make views on demand, because a batch of 1 MiB can have half a million headers.
 */
export class BatchRecord {
  readonly attributes: number;
  readonly offset: string;
  readonly isControlRecord: boolean;
  /** KafkaJS needs this header to drop the records of aborted transactions. */
  readonly batchContext: BatchHeader;
  readonly offsetDelta: number;
  readonly headerCount: number;
  /** The size of the record in its batch in bytes. */
  readonly byteLength: number;
  readonly #bytes: Buffer;
  readonly #timestampDelta: number;
  // Each part is between two positions in the bytes. A part that is null begins at -1.
  readonly #keyStart: number;
  readonly #keyEnd: number;
  readonly #valueStart: number;
  readonly #valueEnd: number;
  readonly #headersStart: number;
  readonly #end: number;

  /** Reads the record at the reader's position, and checks that it is complete. */
  constructor(reader: ByteReader, header: BatchHeader, minOffsetDelta: number) {
    const length = reader.length();
    const end = reader.position + length;
    if (end > reader.end) throw new UnreadableBytes('a part of the record extends past its end');
    this.byteLength = length;
    this.#bytes = reader.bytes;
    this.attributes = reader.int8();
    this.#timestampDelta = reader.varlong();
    this.offsetDelta = reader.varint();
    if (this.offsetDelta < minOffsetDelta || this.offsetDelta > header.lastOffsetDelta)
      throw new UnreadableBytes('the offsets of its records are out of order');
    this.offset = String(header.firstOffset + this.offsetDelta);
    this.#keyStart = startOf(reader);
    this.#keyEnd = reader.position;
    this.#valueStart = startOf(reader);
    this.#valueEnd = reader.position;
    this.#headersStart = reader.position;
    this.headerCount = reader.length();
    // If there are too many headers, they stay encoded.
    if (this.headerCount > maxHeaders) reader.skip(Math.max(0, end - reader.position));
    else for (let remaining = this.headerCount; remaining > 0; remaining -= 1) skipHeader(reader);
    // Also finds a part that ended after the record: positions only grow.
    if (reader.position !== end) throw new UnreadableBytes('a record is longer or shorter than its parts');
    this.#end = end;
    this.isControlRecord = header.isControlBatch;
    this.batchContext = header;
  }

  /** Milliseconds in a string, as in KafkaJS. */
  get timestamp(): string {
    return this.batchContext.timestampOf(this.#timestampDelta);
  }

  get key(): Buffer | null {
    return this.#keyStart === -1 ? null : this.#bytes.subarray(this.#keyStart, this.#keyEnd);
  }

  get value(): Buffer | null {
    return this.#valueStart === -1 ? null : this.#bytes.subarray(this.#valueStart, this.#valueEnd);
  }

  /** The headers as the batch holds them, with their number. */
  get encodedHeaders(): Buffer {
    return this.#bytes.subarray(this.#headersStart, this.#end);
  }

  /** The values by name, in order. A null value becomes empty. Empty if there are more than `maxHeaders`. */
  get headers(): Record<string, Buffer[]> {
    const headers: Record<string, Buffer[]> = {};
    if (this.headerCount > maxHeaders) return headers;
    const reader = new ByteReader(this.#bytes, this.#headersStart, this.#end);
    const count = reader.length();
    for (let index = 0; index < count; index += 1) {
      const nameStart = reader.skip(reader.length());
      const name = names.textOf(index, this.#bytes, nameStart, reader.position);
      const valueStart = reader.skip(Math.max(0, reader.lengthOrNull()));
      addTo(headers, name, this.#bytes.subarray(valueStart, reader.position));
    }
    return headers;
  }
}

/** Any name becomes an own property, also `__proto__`, which an assignment would not create. */
function addTo(headers: Record<string, Buffer[]>, name: string, value: Buffer): void {
  if (Object.hasOwn(headers, name)) headers[name]?.push(value);
  else if (name === '__proto__')
    Object.defineProperty(headers, name, {
      value: [value],
      configurable: true,
      enumerable: true,
      writable: true,
    });
  else headers[name] = [value];
}

function skipHeader(reader: ByteReader): void {
  reader.skip(reader.length());
  reader.skip(Math.max(0, reader.lengthOrNull()));
}

/** Skips a part. Returns the position at which it begins, or -1 if the part is null. */
function startOf(reader: ByteReader): number {
  const length = reader.lengthOrNull();
  return length === -1 ? -1 : reader.skip(length);
}
