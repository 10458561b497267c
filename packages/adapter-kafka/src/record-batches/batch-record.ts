import { encodedHeadersHeader } from '@user-activity/topic-contract';
import type { RecordBatchEntry } from 'kafkajs';
import { ByteReader, UnreadableBytes } from './byte-reader.ts';
import type { BatchHeader } from './batch-header.ts';

/** The headers of a record are read only up to this number. Tracing and frameworks use far fewer. */
export const maxHeaders = 32_768;

/**
 * A record of a batch, with the fields that KafkaJS expects. The constructor finds only the positions of key, value and headers. The
 * getters copy them on demand, because a batch of 1 MiB can have half a million headers.
 */
export class BatchRecord implements RecordBatchEntry {
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly isControlRecord: boolean;
  /** KafkaJS needs this header to drop the records of aborted transactions. */
  readonly batchContext: BatchHeader;
  readonly offsetDelta: number;
  readonly headerCount: number;
  /** The size of the record in its batch in bytes. */
  readonly byteLength: number;
  readonly #bytes: Buffer;
  readonly #key: Span | undefined;
  readonly #value: Span | undefined;
  readonly #headers: Span;

  /** Reads the record at the reader's position, and checks that it is complete. */
  constructor(reader: ByteReader, header: BatchHeader, minOffsetDelta: number) {
    const length = reader.length();
    const parts = new ByteReader(reader.bytes, reader.skip(length), reader.position);
    this.byteLength = length;
    this.#bytes = reader.bytes;
    this.attributes = parts.int8();
    this.timestamp = header.timestampOf(parts.varlong());
    this.offsetDelta = parts.varint();
    if (this.offsetDelta < minOffsetDelta || this.offsetDelta > header.lastOffsetDelta)
      throw new UnreadableBytes('the offsets of its records are out of order');
    this.offset = String(header.firstOffset + this.offsetDelta);
    this.#key = spanOf(parts);
    this.#value = spanOf(parts);
    const start = parts.position;
    this.headerCount = parts.length();
    // If there are too many headers, they stay encoded.
    if (this.headerCount > maxHeaders) parts.skip(parts.end - parts.position);
    else for (let remaining = this.headerCount; remaining > 0; remaining -= 1) skipHeader(parts);
    if (parts.position !== parts.end) throw new UnreadableBytes('a record is longer than its parts');
    this.#headers = { start, end: parts.end };
    this.isControlRecord = header.isControlBatch;
    this.batchContext = header;
  }

  get key(): Buffer | null {
    return this.#slice(this.#key);
  }

  get value(): Buffer | null {
    return this.#slice(this.#value);
  }

  /** The values by name, in order. A null value becomes empty. More than `maxHeaders` become one header with the encoded bytes. */
  get headers(): Record<string, Buffer[]> {
    const { start, end } = this.#headers;
    if (this.headerCount > maxHeaders) return { [encodedHeadersHeader]: [this.#bytes.subarray(start, end)] };
    const reader = new ByteReader(this.#bytes, start, end);
    const headers = new Map<string, Buffer[]>();
    for (let remaining = reader.length(); remaining > 0; remaining -= 1) {
      const nameStart = reader.skip(reader.length());
      const name = this.#bytes.toString('utf8', nameStart, reader.position);
      const valueStart = reader.skip(Math.max(0, reader.lengthOrNull()));
      const value = this.#bytes.subarray(valueStart, reader.position);
      const values = headers.get(name);
      if (values === undefined) headers.set(name, [value]);
      else values.push(value);
    }
    return Object.fromEntries(headers);
  }

  #slice(span: Span | undefined): Buffer | null {
    return span === undefined ? null : this.#bytes.subarray(span.start, span.end);
  }
}

/** The positions of a part in the bytes of the batch. */
interface Span {
  readonly start: number;
  readonly end: number;
}

function skipHeader(reader: ByteReader): void {
  reader.skip(reader.length());
  reader.skip(Math.max(0, reader.lengthOrNull()));
}

/** Returns undefined if the part is null. */
function spanOf(reader: ByteReader): Span | undefined {
  const length = reader.lengthOrNull();
  if (length === -1) return undefined;
  return { start: reader.skip(length), end: reader.position };
}
