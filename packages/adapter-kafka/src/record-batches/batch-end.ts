import type { RecordBatchEntry } from 'kafkajs';
import type { BatchHeader } from './batch-header.ts';

/**
 * Stands for the last offset of a batch from whose end records are gone, as compaction leaves it. KafkaJS hands control records to
 * nobody, but goes on behind them; without one it would ask for an empty batch for ever.
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
