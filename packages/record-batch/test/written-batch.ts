import { ByteWriter, type NewRecord, writeRecordBatch } from '../src/index.ts';

/** Writes a batch to a buffer without capacity, so that the buffer must grow. */
export function writtenBatch(records: readonly NewRecord[]): Buffer {
  const writer = new ByteWriter(0);
  writeRecordBatch(writer, records);
  return writer.view();
}
