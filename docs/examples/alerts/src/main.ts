import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { KafkaConnection, KafkaEventConsumer, KafkaTopic } from '@user-activity/adapter-kafka';
import type { LogRecord } from '@user-activity/domain';
import { FailedLogins, type Failure } from './failed-logins.ts';

const { KAFKA_BROKERS = '127.0.0.1:9092', KAFKA_TOPIC = 'user-activity' } = process.env;
const { KAFKA_GROUP_ID = 'user-activity-alerts', STATE_DIR = './data/alerts' } = process.env;

const connection = new KafkaConnection({ brokers: KAFKA_BROKERS.split(',') });
// If the topic does not exist, it is created with these settings, which are the defaults of the service too.
const topicSettings = { name: KAFKA_TOPIC, partitions: 12, retentionDays: 30 };
const topic = await KafkaTopic.open(connection, topicSettings);
const consumer = new KafkaEventConsumer(connection, topic, KAFKA_GROUP_ID);
mkdirSync(STATE_DIR, { recursive: true });

/**
 * Reports the bursts in records of one partition. All activities of a user are in the same partition. The state is written before the
 * records are committed. After a crash between these steps, the records are delivered again, and a burst may be reported twice.
 */
function reportBursts(records: readonly LogRecord[]): void {
  const file = `${STATE_DIR}/${records[0]?.origin.partition}.json`;
  // Read the file for each batch, because another member of the group may have written it.
  const state = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as [string, Failure[]][]) : [];
  const failedLogins = new FailedLogins(state);
  for (const { content } of records) {
    if (content.name !== 'ActivityLogged' || !failedLogins.add(content.activity)) continue;
    const { project, userId, createdAt } = content.activity;
    const at = new Date(createdAt).toISOString();
    const alert = { alert: 'five failed logins within a minute', project, userId, at };
    process.stdout.write(`${JSON.stringify(alert)}\n`);
  }
  // The rename is atomic, so a crash never leaves an incomplete file.
  writeFileSync(`${file}.new`, JSON.stringify(failedLogins.state), { flush: true });
  renameSync(`${file}.new`, file);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void consumer.stop());
await consumer.start(async (records) => {
  try {
    reportBursts(records);
  } catch (error) {
    // The records are delivered again until this succeeds.
    process.stderr.write(`${String(error)}\n`);
    throw error;
  }
});
process.stderr.write('watching\n');
await consumer.ended;
await topic.close();
