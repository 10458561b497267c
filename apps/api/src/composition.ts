import 'reflect-metadata';
import { KafkaDeadLetterQueue, KafkaEventPublisher } from '@user-activity/adapter-kafka';
import {
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoDeadLetterRepository,
} from '@user-activity/adapter-mongodb';
import { type Answering, inEachQueue, type Progressing } from '@user-activity/application';
import {
  apiUseCases,
  type Logger,
  publishObserver,
  SystemClock,
  token,
  tokens,
  UuidIds,
  waitingRoom,
  Wiring,
} from '@user-activity/runner';
import { container } from 'tsyringe';
import type { Config } from './config.ts';
import type { ApiEngines } from './open-engines.ts';
import {
  type About,
  apiLimitsOf,
  apiServer,
  buildApiServer,
  closeApiServer,
  publisherBounds,
} from './serve-api.ts';

/** The storing side of a process that has one too: it is asked how it is. */
export interface StoringSide {
  readonly consumer: Answering;
  readonly progress: Progressing;
}

const deadLetterTopic = token<KafkaDeadLetterQueue>('deadLetterTopic');

/** The wiring of the API on Kafka and MongoDB. */
export function wire(
  config: Config,
  logger: Logger,
  { connection, topic, store }: ApiEngines,
  about: About,
  storing?: StoringSide,
): Wiring {
  const wiring = new Wiring(container.createChildContainer());
  const limits = apiLimitsOf(config);
  const buffer = publisherBounds(config);
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  wiring.provide(tokens.ids, () => new UuidIds());

  wiring.provide(
    tokens.publisher,
    () =>
      new KafkaEventPublisher(connection, topic, {
        publishTimeoutMs: config.PUBLISH_TIMEOUT_MS,
        bufferedEvents: buffer.events,
        bufferedBytes: buffer.bytes,
        observer: publishObserver(buffer),
      }),
    (publisher) => publisher.close(),
  );
  wiring.provide(
    deadLetterTopic,
    () => new KafkaDeadLetterQueue(connection, topic),
    (queue) => queue.close(),
  );

  wiring.provide(tokens.repository, () => new MongoActivityRepository(store));
  wiring.provide(tokens.letters, () => new MongoDeadLetterRepository(store));
  // As the consumer keeps them.
  wiring.provide(tokens.deadLetters, (get) =>
    inEachQueue(get(deadLetterTopic), new MongoDeadLetterQueue(store)),
  );

  wiring.provide(
    tokens.outcomes,
    (get) => waitingRoom(get, limits.recordingRules),
    async (room) => room.close(),
  );
  wiring.provide(tokens.apiUseCases, (get) =>
    apiUseCases(get, limits, {
      log: storing === undefined ? [get(tokens.publisher)] : [get(tokens.publisher), storing.consumer],
      store: [get(tokens.repository)],
      progress: storing?.progress,
    }),
  );

  wiring.provide(
    apiServer,
    (get) => buildApiServer(get, config, about, storing?.progress),
    (server) => closeApiServer(wiring.get, server),
  );
  return wiring;
}
