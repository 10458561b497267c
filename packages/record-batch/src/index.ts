export { BatchEnd } from './batch-end.ts';
export { type BatchEntry, BatchReader } from './batch-reader.ts';
export { BatchRecord } from './batch-record.ts';
export { ByteReader, TooManyBytes, UnreadableBytes } from './byte-reader.ts';
export { ByteWriter } from './byte-writer.ts';
export type { Codec, Codecs } from './codec.ts';
export { maxBatchBytes, maxBatchRecords, maxHeaders } from './limits.ts';
export { UnreadableBatch } from './unreadable-batch.ts';
export { type NewRecord, writeRecordBatch } from './write-record-batch.ts';
