import kafkajs, { type Message } from 'kafkajs';
import { registerCodecs, registerLz4WithWrongChecksum } from './compressors.ts';
import { plainClient } from './plain-client.ts';

const compressionTypes = {
  uncompressed: kafkajs.CompressionTypes.None,
  gzip: kafkajs.CompressionTypes.GZIP,
  snappy: kafkajs.CompressionTypes.Snappy,
  lz4: kafkajs.CompressionTypes.LZ4,
  zstd: kafkajs.CompressionTypes.ZSTD,
};

/** A codec of Kafka, named as in `compression.type`. */
export type Codec = 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** LZ4 with a wrong content checksum. */
export type WrongLz4 = 'wrong lz4';

/** All codecs of Kafka. */
export const codecs: readonly Codec[] = ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'];

/** Writes records to a topic with KafkaJS instead of the service. Each record is in a batch of its own. */
export async function writeTopic(
  brokers: readonly string[],
  topic: string,
  messages: readonly Message[],
  codec: Codec | WrongLz4 = 'uncompressed',
): Promise<void> {
  registerCodecs();
  if (codec === 'wrong lz4') registerLz4WithWrongChecksum();
  const producer = plainClient(brokers).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const compression = compressionTypes[codec === 'wrong lz4' ? 'lz4' : codec];
  for (const message of messages) await producer.send({ topic, compression, messages: [message] });
  await producer.disconnect();
}
