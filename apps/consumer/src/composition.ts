import 'reflect-metadata';
import { KafkaDeadLetterQueue, KafkaEventConsumer } from '@user-activity/adapter-kafka';
import { MongoActivityRepository, MongoDeadLetterQueue } from '@user-activity/adapter-mongodb';
import { inEachQueue } from '@user-activity/application';
import {
  groupObserver,
  type Logger,
  progressWatchdog,
  restartingConsumer,
  storingUseCases,
  SystemClock,
  token,
  tokens,
  Wiring,
} from '@user-activity/runner';
import { container } from 'tsyringe';
import type { Config } from './config.ts';
import type { ConsumerEngines } from './open-engines.ts';

const deadLetterTopic = token<KafkaDeadLetterQueue>('deadLetterTopic');

/** The wiring of a member of the consumer group. */
export function wire(
  config: Pick<Config, 'engines'>,
  logger: Logger,
  { connection, topic, store }: ConsumerEngines,
): Wiring {
  const wiring = new Wiring(container.createChildContainer());
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());

  wiring.provide(tokens.repository, () => new MongoActivityRepository(store));
  wiring.provide(
    deadLetterTopic,
    () => new KafkaDeadLetterQueue(connection, topic),
    (queue) => queue.close(),
  );
  // On the topic for whoever wants to read them there, and in the store to be listed.
  wiring.provide(tokens.deadLetters, (get) =>
    inEachQueue(get(deadLetterTopic), new MongoDeadLetterQueue(store)),
  );

  wiring.provide(tokens.watchdog, (get) => progressWatchdog(get));
  wiring.provide(tokens.storingUseCases, (get) =>
    storingUseCases(get, {
      log: [get(tokens.consumer)],
      store: [get(tokens.repository)],
      progress: get(tokens.watchdog),
    }),
  );

  const observer = groupObserver();
  wiring.provide(
    tokens.consumer,
    (get) =>
      restartingConsumer(
        get,
        () => new KafkaEventConsumer(connection, topic, config.engines.group, { observer }),
      ),
    (consumer) => consumer.stop(),
  );
  return wiring;
}
