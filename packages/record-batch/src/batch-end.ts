import type { BatchHeader } from './batch-header.ts';

/**
 * A control record at the last offset of a batch. It is added to a batch whose last records were removed, for instance by compaction. KafkaJS
 * does not deliver control records, but continues after them. Without this record, KafkaJS would fetch the same batch for ever.
 */
export class BatchEnd {
  readonly attributes = 0;
  readonly key = null;
  readonly value = null;
  readonly headers = {};
  readonly isControlRecord = true;
  readonly timestamp: string;
  readonly offset: string;
  readonly batchContext: BatchHeader;

  constructor(header: BatchHeader) {
    this.timestamp = header.timestampOf(0);
    this.offset = String(header.lastOffset);
    this.batchContext = header;
  }
}
