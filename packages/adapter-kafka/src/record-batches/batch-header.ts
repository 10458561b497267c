/** The bytes of a batch before its records. */
export const headerBytes = 61;
/** The version of the format that is read; those before it have no headers, so no activity is in them. */
export const readFormat = 2;
/** The bytes of a batch up to the version of its format, which is at the same place in all of them. */
export const minBatchBytes = 17;

const codecMask = 0x07;
const logAppendTimeFlag = 0x08;
const transactionalFlag = 0x10;
const controlFlag = 0x20;

/** What a batch says of its records, https://kafka.apache.org/documentation/#recordbatch; `batchContext` in KafkaJS. */
export class BatchHeader {
  readonly firstOffset: number;
  readonly magicByte: number;
  readonly codec: number;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  /** How many records follow. */
  readonly count: number;
  readonly #logAppendTime: boolean;
  readonly #firstTimestamp: number;
  readonly #maxTimestamp: number;

  /** Reads the first bytes of a batch. One of another format has a single offset. */
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

  /** The time of a record, in milliseconds, as KafkaJS writes it. */
  timestampOf(delta: number): string {
    return String(this.#logAppendTime ? this.#maxTimestamp : this.#firstTimestamp + delta);
  }
}
