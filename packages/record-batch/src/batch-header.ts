/** The size of the header of a batch in format version 2, in bytes. */
export const headerBytes = 61;
/** The only format version that can be read. Records of earlier versions have no headers, so they can't be activities. */
export const readableFormat = 2;
/** The size of the part of a header that is the same in all format versions, in bytes. It ends with the version. */
export const minBatchBytes = 17;
// The positions of fields in a batch. The length counts the bytes that follow the length field. The checksum covers all bytes from
// `checkedStart` on.
export const lengthStart = 8;
export const lengthEnd = 12;
export const checksumStart = 17;
export const checkedStart = 21;
export const maxTimestampStart = 35;

const codecMask = 0x07;
const logAppendTimeFlag = 0x08;
const transactionalFlag = 0x10;
const controlFlag = 0x20;

/** The header of a batch, https://kafka.apache.org/documentation/#recordbatch. KafkaJS calls it `batchContext`. */
export class BatchHeader {
  readonly firstOffset: number;
  readonly magicByte: number;
  readonly codec: number;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly count: number;
  readonly #logAppendTime: boolean;
  readonly #firstTimestamp: number;
  readonly #maxTimestamp: number;

  /** Reads the header of a batch. In other format versions, only the first offset is read, and `lastOffset` is equal to it. */
  constructor(bytes: Buffer) {
    this.firstOffset = Number(bytes.readBigInt64BE(0));
    this.magicByte = bytes.readInt8(16);
    const batch =
      this.magicByte === readableFormat && bytes.length >= headerBytes ? bytes : Buffer.alloc(headerBytes);
    const attributes = batch.readInt16BE(21);
    this.codec = attributes & codecMask;
    this.lastOffsetDelta = Math.max(0, batch.readInt32BE(23));
    this.producerId = batch.readBigInt64BE(43).toString();
    this.inTransaction = (attributes & transactionalFlag) !== 0;
    this.isControlBatch = (attributes & controlFlag) !== 0;
    this.count = batch.readInt32BE(57);
    this.#logAppendTime = (attributes & logAppendTimeFlag) !== 0;
    this.#firstTimestamp = Number(batch.readBigInt64BE(27));
    this.#maxTimestamp = Number(batch.readBigInt64BE(maxTimestampStart));
  }

  get lastOffset(): number {
    return this.firstOffset + this.lastOffsetDelta;
  }

  /** Returns the timestamp of a record from its timestamp delta: the milliseconds since 1970 as a string, as in KafkaJS. */
  timestampOf(delta: number): string {
    return String(this.#logAppendTime ? this.#maxTimestamp : this.#firstTimestamp + delta);
  }
}
