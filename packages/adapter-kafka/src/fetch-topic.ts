import { ByteReader, UnreadableBytes } from '@user-activity/record-batch';
import { Encoder, protocolErrors } from './kafkajs-inside.ts';
import type { Broker, ProtocolRequest } from './with-cluster.ts';

/** A topic as one response describes it. */
export interface DescribedTopic {
  /** The id that Kafka gave to the topic when it was made, as Kafka's tools print it. Undefined if the brokers give none. */
  readonly topicId: string | undefined;
  readonly partitions: readonly Partition[];
}

interface Partition {
  /** The id of the broker that leads the partition; -1 if there is none. */
  readonly leader: number;
  readonly replicas: readonly number[];
  /** The replicas that are in sync. */
  readonly isr: readonly number[];
}

interface TopicAnswer extends DescribedTopic {
  /** Tells KafkaJS how long to wait before the next request, in milliseconds. */
  readonly clientSideThrottleTime: number;
}

const { failure, createErrorFromCode } = protocolErrors;
// In Kafka's protocol, the API key of Metadata requests, and the code of the error LEADER_NOT_AVAILABLE.
const metadataApiKey = 3;
const leaderNotAvailable = 5;
// Versions of Metadata requests: 10 is the first with topic ids, and 12 is the last that this file can read. KafkaJS uses version 6.
const minVersion = 10;
const maxVersion = 12;
const idBytes = 16;
const noId = Buffer.alloc(idBytes);

/**
 * Asks a broker for the topic. Returns undefined if the broker gives no topic ids, as before Kafka 2.8. Throws KafkaJS's error if the
 * broker does not know the topic, and UnreadableBytes if its response is malformed.
 */
export async function fetchTopic(broker: Broker, topic: string): Promise<DescribedTopic | undefined> {
  const supported = broker.versions[metadataApiKey];
  const version = Math.min(maxVersion, supported?.maxVersion ?? 0);
  if (version < Math.max(minVersion, supported?.minVersion ?? 0)) return undefined;
  return broker.connectionPool.send(topicRequest(topic, version));
}

/** Throws KafkaJS's error if a partition has no leader, as in the first moments of a topic. */
export function assertLeaders({ partitions }: DescribedTopic): void {
  if (partitions.some(({ leader }) => leader < 0)) throw createErrorFromCode(leaderNotAvailable);
}

/** https://kafka.apache.org/protocol.html#The_Messages_Metadata */
export const topicRequest = (topic: string, apiVersion: number): ProtocolRequest<TopicAnswer> => ({
  request: {
    apiKey: metadataApiKey,
    apiVersion,
    apiName: 'Metadata',
    async encode() {
      const encoder = new Encoder()
        // A request header of version 2 ends with tagged fields. KafkaJS writes a header of version 1 without them, so they follow here.
        .writeUVarInt(0)
        // One topic, by its name. The length of an array is written plus one.
        .writeUVarInt(2)
        .writeBuffer(noId)
        .writeUVarIntString(topic)
        .writeUVarInt(0)
        // The topic must not be created.
        .writeBoolean(false);
      if (apiVersion === 10) encoder.writeBoolean(false);
      return encoder.writeBoolean(false).writeUVarInt(0);
    },
  },
  response: {
    async decode(bytes) {
      return readAnswer(bytes, topic);
    },
    async parse(answer) {
      return answer;
    },
  },
});

/** Reads a response up to the partitions of its only topic. The number of steps is limited by the number of bytes. */
function readAnswer(bytes: Buffer, topic: string): TopicAnswer {
  const reader = new ByteReader(bytes);
  // A response header of version 1 ends with tagged fields. KafkaJS reads a header of version 0 without them.
  skipTaggedFields(reader);
  const clientSideThrottleTime = reader.int32();
  for (let brokers = readLength(reader); brokers > 0; brokers -= 1) {
    reader.skip(4);
    skipText(reader);
    reader.skip(4);
    skipText(reader);
    skipTaggedFields(reader);
  }
  skipText(reader);
  reader.skip(4);
  if (readLength(reader) !== 1) throw new UnreadableBytes('the response does not name one topic');
  const errorCode = bytes.readInt16BE(reader.skip(2));
  const nameStart = reader.skip(readLength(reader));
  if (bytes.toString('utf8', nameStart, reader.position) !== topic)
    throw new UnreadableBytes('the response names another topic');
  const id = bytes.subarray(reader.skip(idBytes), reader.position);
  if (failure(errorCode)) throw createErrorFromCode(errorCode);
  // Skips whether the topic is internal.
  reader.skip(1);
  const partitions = readList(reader, () => readPartition(reader));
  return {
    topicId: id.equals(noId) ? undefined : id.toString('base64url'),
    partitions,
    clientSideThrottleTime,
  };
}

function readPartition(reader: ByteReader): Partition {
  // Skips the error code and the number of the partition. A partition with an error has no leader, or lacks a replica.
  reader.skip(2 + 4);
  const leader = reader.int32();
  // Skips the epoch of the leader.
  reader.skip(4);
  const [replicas, isr] = [readNodeIds(reader), readNodeIds(reader)];
  // Skips the replicas that are offline.
  readNodeIds(reader);
  skipTaggedFields(reader);
  return { leader, replicas, isr };
}

const readNodeIds = (reader: ByteReader): readonly number[] => readList(reader, (list) => list.int32());

/** Reads a compact array. */
function readList<Item>(reader: ByteReader, read: (reader: ByteReader) => Item): readonly Item[] {
  const items: Item[] = [];
  for (let count = readLength(reader); count > 0; count -= 1) items.push(read(reader));
  return items;
}

/** Reads the length of a compact array or text. The protocol writes the length plus one, and 0 for null. */
const readLength = (reader: ByteReader): number => Math.max(0, reader.unsignedVarint() - 1);

const skipText = (reader: ByteReader): number => reader.skip(readLength(reader));

function skipTaggedFields(reader: ByteReader): void {
  for (let fields = reader.unsignedVarint(); fields > 0; fields -= 1) {
    reader.unsignedVarint();
    reader.skip(reader.unsignedVarint());
  }
}
