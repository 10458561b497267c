/** The size of a batch's header in bytes. */
export const headerBytes = 61;
/** The version of the format that is read. Earlier versions have no headers, so they can't hold activities. */
export const readFormat = 2;
/** The size of the part of a header up to the format version, which is at the same place in all versions. */
export const minBatchBytes = 17;

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
  /** The number of records. */
  readonly count: number;
  readonly #logAppendTime: boolean;
  readonly #firstTimestamp: number;
  readonly #maxTimestamp: number;

  /** Reads the header of a batch. A batch of another format counts as one with a single offset. */
  constructor(bytes: Buffer) {
    this.firstOffset = Number(bytes.readBigInt64BE(0));
    this.magicByte = bytes.readInt8(16);
    const batch =
      this.magicByte === readFormat && bytes.length >= headerBytes ? bytes : Buffer.alloc(headerBytes);
    const attributes = batch.readInt16BE(21);
    this.codec = attributes & codecMask;
    this.lastOffsetDelta = Math.max(0, batch.readInt32BE(23));
    this.producerId = batch.readBigInt64BE(43).toString();
    this.inTransaction = (attributes & transactionalFlag) !== 0;
    this.isControlBatch = (attributes & controlFlag) !== 0;
    this.count = batch.readInt32BE(57);
    this.#logAppendTime = (attributes & logAppendTimeFlag) !== 0;
    this.#firstTimestamp = Number(batch.readBigInt64BE(27));
    this.#maxTimestamp = Number(batch.readBigInt64BE(35));
  }

  get lastOffset(): number {
    return this.firstOffset + this.lastOffsetDelta;
  }

  /** Returns the time of a record in milliseconds, as text like in KafkaJS. */
  timestampOf(delta: number): string {
    return String(this.#logAppendTime ? this.#maxTimestamp : this.#firstTimestamp + delta);
  }
}
