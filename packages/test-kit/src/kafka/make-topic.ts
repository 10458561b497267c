import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { plainClient } from './plain-client.ts';

/** The partitions and the settings of a topic. A setting that is not named has the broker's default. */
export interface TopicLayout {
  readonly partitions: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Creates a topic with KafkaJS instead of the service. Resolves when each partition has a leader. Throws if the topic exists. */
export async function makeTopic(
  brokers: readonly string[],
  topic: string,
  { partitions, settings = {} }: TopicLayout,
): Promise<void> {
  const admin = plainClient(brokers).admin();
  await admin.connect();
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  const isMade = await admin.createTopics({
    topics: [{ topic, numPartitions: partitions, configEntries }],
    // KafkaJS asks for the leaders only once, even if the broker does not know the new topic yet.
    waitForLeaders: false,
  });
  if (!isMade) throw new Error(`The topic ${topic} already exists.`);
  while (!(await hasLeaders(admin, topic))) await delay(20);
  await admin.disconnect();
}

/** Resolves with true if the broker knows the topic and the leaders of all its partitions. */
const hasLeaders = (admin: kafkajs.Admin, topic: string): Promise<boolean> =>
  admin.fetchTopicMetadata({ topics: [topic] }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof kafkajs.KafkaJSProtocolError) return false;
      throw error;
    },
  );
