import { type BatchEntry, BatchReader } from '@user-activity/record-batch';
import { codecs } from './compression/codecs.ts';
import { decodeMessages } from './kafkajs-inside.ts';

type ReadRecordBatches = (bytes: Buffer, response: object) => Promise<readonly BatchEntry[]>;

const reader = new BatchReader(codecs);

/** Reads the batches of one partition from a broker's response, within the limits of BatchReader. */
export const readRecordBatches: ReadRecordBatches = (bytes, response) => reader.read(bytes, response);

/** Makes KafkaJS read batches with `readRecordBatches`. Throws if KafkaJS was installed without our patch. */
export function useOwnReader(): void {
  if (!('readRecordBatches' in decodeMessages))
    throw new Error(
      'kafkajs lacks the patch of this repository. Run pnpm install in the root folder of the repository.',
    );
  decodeMessages.readRecordBatches = readRecordBatches;
}
