import { createRequire } from 'node:module';
import { type BatchEntry, BatchReader } from '@user-activity/record-batch';
import type { RecordBatchEntry } from 'kafkajs';
import { codecs } from './compression/codecs.ts';

type ReadRecordBatches = (bytes: Buffer, response: object) => Promise<readonly BatchEntry[]>;

/** KafkaJS's function that reads the records of a partition. Our patch adds this property, and calls the function in it. */
interface DecodeMessages {
  readRecordBatches: ((bytes: Buffer, response: object) => Promise<readonly RecordBatchEntry[]>) | undefined;
}

const require = createRequire(import.meta.url);
const reader = new BatchReader(codecs);

/** Reads the batches of one partition from a broker's response, within the limits of BatchReader. */
export const readRecordBatches: ReadRecordBatches = (bytes, response) => reader.read(bytes, response);

/** Makes KafkaJS use `readRecordBatches`. Throws if KafkaJS was installed without our patch. */
export function useOwnReader(): void {
  const decodeMessages =
    require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js') as DecodeMessages;
  if (!('readRecordBatches' in decodeMessages))
    throw new Error('kafkajs lacks the patch of this repository: install with pnpm, from its root');
  decodeMessages.readRecordBatches = readRecordBatches;
}
