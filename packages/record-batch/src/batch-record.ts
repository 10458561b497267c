import type { BatchHeader } from './batch-header.ts';
import { ByteReader, UnreadableBytes } from './byte-reader.ts';
import { HeaderNames } from './header-names.ts';
import { maxHeaders } from './limits.ts';

const names = new HeaderNames();

/**
 * A record of a batch, with the fields that KafkaJS expects. The constructor only finds the positions of key, value and headers. The getters
 * make views of them on demand, because a batch of 1 MiB can have half a million headers.
 */
export class BatchRecord {
  readonly attributes: number;
  readonly offset: string;
  readonly isControlRecord: boolean;
  /** The header of the batch. KafkaJS needs it to drop the records of aborted transactions. */
  readonly batchContext: BatchHeader;
  readonly offsetDelta: number;
  readonly headerCount: number;
  /** The size of the record in its batch in bytes. */
  readonly byteLength: number;
  readonly #bytes: Buffer;
  readonly #timestampDelta: number;
  // The positions in `#bytes` at which key, value and headers begin and end. A key or value that is null begins at -1.
  readonly #keyStart: number;
  readonly #keyEnd: number;
  readonly #valueStart: number;
  readonly #valueEnd: number;
  readonly #headersStart: number;
  readonly #end: number;

  /** Reads the record at the reader's position. Throws UnreadableBytes if it is not complete, or if its offset is out of order. */
  constructor(reader: ByteReader, header: BatchHeader, minOffsetDelta: number) {
    const length = reader.length();
    const end = reader.position + length;
    if (end > reader.end) throw new UnreadableBytes('a record is longer than the bytes that are left');
    this.byteLength = length;
    this.#bytes = reader.bytes;
    this.attributes = reader.int8();
    this.#timestampDelta = reader.varlong();
    this.offsetDelta = reader.varint();
    if (this.offsetDelta < minOffsetDelta || this.offsetDelta > header.lastOffsetDelta)
      throw new UnreadableBytes('the offsets of the records are out of order');
    this.offset = String(header.firstOffset + this.offsetDelta);
    this.#keyStart = skipPart(reader);
    this.#keyEnd = reader.position;
    this.#valueStart = skipPart(reader);
    this.#valueEnd = reader.position;
    this.#headersStart = reader.position;
    this.headerCount = reader.length();
    // Too many headers are skipped at once, and are available only as `encodedHeaders`.
    if (this.headerCount > maxHeaders) reader.skip(Math.max(0, end - reader.position));
    else for (let remaining = this.headerCount; remaining > 0; remaining -= 1) skipHeader(reader);
    // This also finds a part that extends past the end of the record, because the position never goes back.
    if (reader.position !== end) throw new UnreadableBytes('a record is longer or shorter than its parts');
    this.#end = end;
    this.isControlRecord = header.isControlBatch;
    this.batchContext = header;
  }

  /** The milliseconds since 1970 as a string, as in KafkaJS. */
  get timestamp(): string {
    return this.batchContext.timestampOf(this.#timestampDelta);
  }

  get key(): Buffer | null {
    return this.#keyStart === -1 ? null : this.#bytes.subarray(this.#keyStart, this.#keyEnd);
  }

  get value(): Buffer | null {
    return this.#valueStart === -1 ? null : this.#bytes.subarray(this.#valueStart, this.#valueEnd);
  }

  /** The bytes of the headers in the batch, which begin with the number of headers. */
  get encodedHeaders(): Buffer {
    return this.#bytes.subarray(this.#headersStart, this.#end);
  }

  /** The values of the headers by name, in order. A null value becomes an empty one. If there are more than `maxHeaders`, returns none. */
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

/** Adds a header. Any name becomes an own property, also `__proto__`, for which an assignment would not create one. */
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

/** Skips a key or value. Returns the position at which it begins, or -1 if it is null. */
function skipPart(reader: ByteReader): number {
  const length = reader.lengthOrNull();
  return length === -1 ? -1 : reader.skip(length);
}
