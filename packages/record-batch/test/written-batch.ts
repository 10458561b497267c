import { ByteWriter, type NewRecord, writeRecordBatch } from '../src/index.ts';

/** Writes a batch into a buffer that begins empty, so that it must grow. */
export function writtenBatch(records: readonly NewRecord[]): Buffer {
  const writer = new ByteWriter(0);
  writeRecordBatch(writer, records);
  return writer.view();
}
