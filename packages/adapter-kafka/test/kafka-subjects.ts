import type { DeadLetter, RawRecord } from '@user-activity/domain';
import type { DeadLetterSubject, LogSubject } from '@user-activity/port-contracts';
import { readDeadLetter } from '@user-activity/topic-contract';
import { CuttableSockets, readTopic, writeTopic, writeTransactions } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import {
  KafkaConnection,
  KafkaDeadLetterQueue,
  KafkaEventConsumer,
  KafkaEventPublisher,
  KafkaTopic,
} from '../src/index.ts';
import { BatchRecord } from '@user-activity/record-batch';

let topics = 0;
// The sample activities have any date, and the broker deletes records older than this.
const sampleRetentionDays = 36_500;

/** Opens a new topic, over connections that can be cut. */
export async function freshTopic(partitions = 3) {
  topics += 1;
  const sockets = new CuttableSockets();
  const connection = new KafkaConnection({ brokers: kafkaBrokers(), socketFactory: sockets.factory });
  const name = `test-${process.pid}-${Date.now()}-${topics}`;
  const topic = await KafkaTopic.open(connection, { name, partitions, retentionDays: sampleRetentionDays });
  const interrupt = async () => {
    const endFault = sockets.cut();
    return async () => endFault();
  };
  return { connection, topic, sockets, interrupt };
}

/** Converts a record to a message for a stock producer, which chooses the partition. */
function unplacedMessage({ key, value, headers }: RawRecord) {
  const copied = Object.entries(headers).map(
    ([name, values]) => [name, values.map((header) => Buffer.from(header))] as const,
  );
  return {
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: Object.fromEntries(copied),
  };
}

/** Returns all records of the topic. */
async function recordsOf(topic: string): Promise<readonly RawRecord[]> {
  const messages = await readTopic(kafkaBrokers(), topic);
  return messages.map((message) => {
    if (!(message instanceof BatchRecord))
      throw new Error('KafkaJS read the topic itself, instead of our reader.');
    return { key: message.key, value: message.value, headers: message.headers };
  });
}

export async function kafkaLog(): Promise<LogSubject> {
  const { connection, topic, interrupt } = await freshTopic();
  const closers: (() => Promise<void>)[] = [() => topic.close()];
  return {
    async openPublisher(options) {
      const publisher = new KafkaEventPublisher(connection, topic, { publishTimeoutMs: 3000, ...options });
      closers.push(() => publisher.close());
      return publisher;
    },
    async openConsumer(group) {
      const consumer = new KafkaEventConsumer(connection, topic, `${topic.name}-${group}`);
      closers.push(() => consumer.stop());
      return consumer;
    },
    async append(record) {
      await writeTopic(kafkaBrokers(), topic.name, [unplacedMessage(record)]);
      return record;
    },
    skipOffsets: (partition) =>
      writeTransactions(kafkaBrokers(), topic.name, { partition, value: 'aborted', end: 'abort' }),
    marksCommits: true,
    interrupt,
    async close() {
      for (const close of closers.toReversed()) await close();
    },
  };
}

export async function kafkaDeadLetters(): Promise<DeadLetterSubject> {
  const { connection, topic, interrupt } = await freshTopic();
  const queues: KafkaDeadLetterQueue[] = [];
  return {
    async open() {
      const queue = new KafkaDeadLetterQueue(connection, topic);
      queues.push(queue);
      return queue;
    },
    async letters() {
      const last = new Map<string, DeadLetter>();
      for (const record of await recordsOf(topic.deadLetters)) {
        const letter = readDeadLetter(record);
        if (letter !== undefined) last.set(JSON.stringify(letter.origin), letter);
      }
      return [...last.values()];
    },
    interrupt,
    async close() {
      for (const queue of queues) await queue.close();
      await topic.close();
    },
  };
}
