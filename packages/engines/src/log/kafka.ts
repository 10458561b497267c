import { Type } from '@sinclair/typebox';
import { edgeTopic } from '@user-activity/domain';
import { flag, type RawValues, groupObserver, splitList, wholeNumber } from '@user-activity/runner';
import { defineEngine, type LogEngine } from '../engine.ts';

const variables = {
  KAFKA_BROKERS: Type.Optional(
    Type.String({
      pattern: '^ *[^\\s,:]+:\\d{1,5}(?: *, *[^\\s,:]+:\\d{1,5})* *$',
      description: 'a comma-separated list of host:port',
    }),
  ),
  KAFKA_SSL: flag(),
  KAFKA_SASL_MECHANISM: Type.Optional(
    Type.Union([Type.Literal('plain'), Type.Literal('scram-sha-256'), Type.Literal('scram-sha-512')], {
      description: 'one of plain, scram-sha-256, scram-sha-512',
    }),
  ),
  KAFKA_USERNAME: Type.Optional(Type.String()),
  KAFKA_PASSWORD: Type.Optional(Type.String()),
  KAFKA_TOPIC: Type.String({
    default: 'user-activity',
    // Shorter than Kafka's limit of 249 characters, because the name of the dead letter topic is longer.
    pattern: `^(?!(?:\\.{1,2}|${edgeTopic})$)[A-Za-z0-9._-]{1,230}$`,
    description: `a topic name: 1 to 230 letters, digits and "._-", and not "${edgeTopic}"`,
  }),
  KAFKA_GROUP_ID: Type.String({
    default: 'user-activity-store',
    maxLength: 255,
    description: 'at most 255 characters',
  }),
  KAFKA_PARTITIONS: wholeNumber(1, 1000, 12),
  KAFKA_REPLICATION_FACTOR: Type.Optional(wholeNumber(1, 100)),
  KAFKA_RETENTION_DAYS: wholeNumber(1, 36_500, 30),
};

const progressTimeoutMs = 5000;

const credentialVariables = ['KAFKA_SASL_MECHANISM', 'KAFKA_USERNAME', 'KAFKA_PASSWORD'];

/** Returns a fault for each missing credential if at least one is set. */
function credentialFaults(texts: RawValues): readonly string[] {
  const setNames = credentialVariables.filter((name) => texts[name] !== undefined);
  if (setNames.length === 0) return [];
  return credentialVariables
    .filter((name) => texts[name] === undefined)
    .map((name) => `${name} must be set together with ${setNames.join(' and ')}`);
}

/** A topic of Kafka as the log. */
export const kafkaLog = defineEngine({
  name: 'Kafka',
  variable: 'KAFKA_BROKERS',
  variables,
  faults: credentialFaults,
  settings(values) {
    const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = values;
    const hasCredentials = mechanism !== undefined && username !== undefined && password !== undefined;
    const replicationFactor = values.KAFKA_REPLICATION_FACTOR;
    return {
      connection: {
        brokers: splitList(values.KAFKA_BROKERS ?? ''),
        ssl: values.KAFKA_SSL === 'true',
        ...(hasCredentials ? { sasl: { mechanism, username, password } } : {}),
      },
      topic: {
        name: values.KAFKA_TOPIC,
        partitions: values.KAFKA_PARTITIONS,
        ...(replicationFactor === undefined ? {} : { replicationFactor }),
        retentionDays: values.KAFKA_RETENTION_DAYS,
      },
      group: values.KAFKA_GROUP_ID,
    };
  },
  async open(settings, { closers, logger }): Promise<LogEngine> {
    // A process that does not use Kafka starts sooner without its driver.
    const { KafkaConnection, KafkaDeadLetterQueue, KafkaEventConsumer, KafkaEventPublisher, KafkaTopic } =
      await import('@user-activity/adapter-kafka');
    const connection = new KafkaConnection({
      ...settings.connection,
      log: (level, message, details) => logger[level](details, message),
    });
    const topic = await KafkaTopic.open(connection, settings.topic, (message) => logger.warn(message));
    closers.add(topic, (opened) => opened.close());
    return {
      topic,
      sessionMs: KafkaEventConsumer.defaultSessionMs,
      makePublisher: ({ maxBufferedEvents: bufferedEvents, maxBufferedBytes: bufferedBytes, ...options }) =>
        new KafkaEventPublisher(connection, topic, { ...options, bufferedEvents, bufferedBytes }),
      makeConsumerFactory() {
        const observer = groupObserver();
        return () => new KafkaEventConsumer(connection, topic, settings.group, { observer });
      },
      progress: () => topic.progressOf(settings.group, progressTimeoutMs),
      deadLetterQueue: closers.add(new KafkaDeadLetterQueue(connection, topic), (queue) => queue.close()),
    };
  },
});
