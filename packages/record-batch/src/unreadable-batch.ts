import type { BatchHeader } from './batch-header.ts';

/**
 * A record that replaces all records of a batch that can't be read. Its value is the raw batch. Its offset is the last offset of the batch, so
 * that the consumer continues after the batch.
 */
export class UnreadableBatch {
  readonly attributes = 0;
  readonly timestamp: string;
  readonly offset: string;
  readonly firstOffset: number;
  readonly isControlRecord = false;
  readonly batchContext: BatchHeader;
  readonly reason: string;
  readonly key = null;
  readonly value: Buffer;
  readonly headers = {};

  constructor(header: BatchHeader, batch: Buffer, reason: string) {
    const { firstOffset, lastOffset } = header;
    this.firstOffset = firstOffset;
    this.offset = String(lastOffset);
    this.timestamp = header.timestampOf(0);
    this.batchContext = header;
    this.reason = `the batch at offsets ${firstOffset} to ${lastOffset} can't be read: ${reason}`;
    this.value = batch;
  }

  get byteLength(): number {
    return this.value.length;
  }
}
