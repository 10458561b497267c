import type { RecordBatchEntry } from 'kafkajs';
import type { BatchHeader } from './batch-header.ts';

/**
 * Stands for the last offset of a batch whose last records were removed, for instance by compaction. KafkaJS skips control records
 * without delivering them. Without this one it would fetch an empty batch for ever.
 */
export class BatchEnd implements RecordBatchEntry {
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
