import {
  ByteReader,
  ByteWriter,
  type NewRecord,
  UnreadableBytes,
  writeRecordBatch,
} from '@user-activity/record-batch';
import { turns } from './turns.ts';
import type { ProtocolRequest } from './with-cluster.ts';

/** The new records of each partition, in the order in which to append them. */
export type RecordsByPartition = ReadonlyMap<number, readonly NewRecord[]>;

/** The outcome of a partition. An error code of 0 means that all in-sync replicas hold the records. */
export interface ProducedPartition {
  readonly partition: number;
  readonly errorCode: number;
}

interface ProduceAnswer {
  readonly partitions: readonly ProducedPartition[];
  /** Tells KafkaJS how long to wait before the next request, in milliseconds. */
  readonly clientSideThrottleTime: number;
}

/** The API key of Produce requests in Kafka's protocol. */
export const produceApiKey = 0;
// Versions of Produce requests: 3 is the first with record batches. 7 is supported from Kafka 2.1 to Kafka 4.
export const minProduceVersion = 3;
export const maxProduceVersion = 7;
const versionWithLogStart = 5;
const versionWithClientThrottle = 6;

const allInSyncReplicas = -1;
const nullText = -1;
// An estimate of the bytes of a record besides its key and value. If it is too low, a larger buffer must be made.
const recordOverhead = 300;
const partitionOverhead = 100;
// Bytes for the length of the request, and for its header with the id of our client.
const headerRoom = 128;
const lengthBytes = 4;

/** Makes the request that writes records to partitions of a topic. Kafka responds once all in-sync replicas hold the records. */
export const produceRequest = (
  topic: string,
  records: RecordsByPartition,
  { apiVersion, timeoutMs }: { readonly apiVersion: number; readonly timeoutMs: number },
): ProtocolRequest<ProduceAnswer> => ({
  request: {
    apiKey: produceApiKey,
    apiVersion,
    apiName: 'Produce',
    async encode() {
      const bytes = await encode(topic, records, timeoutMs);
      // Our patch of KafkaJS calls this function.
      return { withHeader: (header: Uint8Array) => withHeader(header, bytes) };
    },
  },
  response: {
    async decode(bytes) {
      return readAnswer(bytes, topic, apiVersion);
    },
    async parse(answer) {
      return answer;
    },
  },
});

/** Writes a request that begins with `headerRoom` empty bytes. */
async function encode(topic: string, records: RecordsByPartition, timeoutMs: number): Promise<Buffer> {
  const writer = new ByteWriter(headerRoom + expectedBytes(records));
  writer.skip(headerRoom);
  // There is no transaction id.
  writer.int16(nullText);
  writer.int16(allInSyncReplicas);
  writer.int32(timeoutMs);
  writer.int32(1);
  writer.int16(Buffer.byteLength(topic));
  writer.raw(Buffer.from(topic));
  writer.int32(records.size);
  const turn = turns.begin();
  for (const [partition, ownRecords] of records) {
    writer.int32(partition);
    writer.int32(0);
    const start = writer.position;
    writeRecordBatch(writer, ownRecords);
    const size = writer.position - start;
    writer.setInt32(start - 4, size);
    if (turn.isOverAfter(size)) await turn.next();
  }
  return writer.view();
}

/** Puts the length and the header into the empty bytes before a request. KafkaJS would copy the whole request twice. */
function withHeader(header: Uint8Array, bytes: Buffer): Buffer {
  const start = headerRoom - header.length - lengthBytes;
  bytes.writeInt32BE(bytes.length - start - lengthBytes, start);
  bytes.set(header, start + lengthBytes);
  return bytes.subarray(start);
}

function expectedBytes(records: RecordsByPartition): number {
  let bytes = partitionOverhead * (records.size + 1);
  for (const ownRecords of records.values())
    for (const { key, value } of ownRecords)
      bytes += recordOverhead + (key?.length ?? 0) + (value?.length ?? 0);
  return bytes;
}

/** Throws UnreadableBytes if the response is malformed, or names another topic. */
function readAnswer(bytes: Buffer, topic: string, apiVersion: number): ProduceAnswer {
  const reader = new ByteReader(bytes);
  if (reader.int32() !== 1) throw new UnreadableBytes('the response does not name one topic');
  const nameStart = reader.skip(bytes.readInt16BE(reader.skip(2)));
  if (bytes.toString('utf8', nameStart, reader.position) !== topic)
    throw new UnreadableBytes('the response names another topic');
  const partitions: ProducedPartition[] = [];
  for (let count = reader.int32(); count > 0; count -= 1) {
    const partition = reader.int32();
    const errorCode = bytes.readInt16BE(reader.skip(2));
    // Skips the offset of the first record, and the time at which it was appended.
    reader.skip(8 + 8);
    if (apiVersion >= versionWithLogStart) reader.skip(8);
    partitions.push({ partition, errorCode });
  }
  const throttleTime = reader.int32();
  const clientSideThrottleTime = apiVersion >= versionWithClientThrottle ? throttleTime : 0;
  return { partitions, clientSideThrottleTime };
}
