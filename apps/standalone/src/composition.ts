import 'reflect-metadata';
import {
  SqliteActivityRepository,
  type SqliteDatabase,
  SqliteDeadLetterQueue,
  SqliteDeadLetterRepository,
  SqliteEventConsumer,
  SqliteEventPublisher,
} from '@user-activity/adapter-sqlite';
import {
  type About,
  apiLimitsOf,
  apiServer,
  buildApiServer,
  closeApiServer,
  publisherBounds,
} from '@user-activity/api';
import {
  apiUseCases,
  type Logger,
  measuredOutages,
  outageLog,
  progressWatchdog,
  publishObserver,
  restartingConsumer,
  storingUseCases,
  SystemClock,
  tokens,
  UuidIds,
  waitingRoom,
  Wiring,
} from '@user-activity/runner';
import { container } from 'tsyringe';
import type { Config } from './config.ts';

const group = 'user-activity-store';

/** The wiring of API and consumer in one process, on one SQLite file. */
export function wire(config: Config, logger: Logger, database: SqliteDatabase, about: About): Wiring {
  const wiring = new Wiring(container.createChildContainer());
  const limits = apiLimitsOf(config);
  const buffer = publisherBounds(config);
  const queryTimeoutMs = config.QUERY_TIMEOUT_MS;
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  wiring.provide(tokens.ids, () => new UuidIds());

  wiring.provide(
    tokens.publisher,
    () =>
      new SqliteEventPublisher(database, {
        publishTimeoutMs: config.PUBLISH_TIMEOUT_MS,
        bufferedEvents: buffer.events,
        bufferedCharacters: buffer.bytes,
        observer: publishObserver(buffer),
      }),
    (publisher) => publisher.close(),
  );

  wiring.provide(tokens.repository, () => new SqliteActivityRepository(database, { queryTimeoutMs }));
  wiring.provide(tokens.deadLetters, () => new SqliteDeadLetterQueue(database));
  wiring.provide(tokens.letters, () => new SqliteDeadLetterRepository(database, { queryTimeoutMs }));

  wiring.provide(tokens.watchdog, (get) => progressWatchdog(get));
  wiring.provide(tokens.storingUseCases, (get) =>
    storingUseCases(get, {
      log: [get(tokens.consumer)],
      store: [get(tokens.repository)],
      progress: get(tokens.watchdog),
    }),
  );
  wiring.provide(
    tokens.consumer,
    (get) =>
      restartingConsumer(
        get,
        () =>
          new SqliteEventConsumer(database, group, {
            observer: measuredOutages('log', outageLog(get(tokens.logger), 'the log')),
          }),
      ),
    (consumer) => consumer.stop(),
  );

  wiring.provide(
    tokens.outcomes,
    (get) => waitingRoom(get, limits.recordingRules),
    async (room) => room.close(),
  );
  wiring.provide(tokens.apiUseCases, (get) =>
    apiUseCases(get, limits, {
      log: [get(tokens.publisher), get(tokens.consumer)],
      store: [get(tokens.repository)],
      progress: get(tokens.watchdog),
    }),
  );
  wiring.provide(
    apiServer,
    (get) => buildApiServer(get, config, about, get(tokens.watchdog)),
    (server) => closeApiServer(wiring.get, server),
  );
  return wiring;
}
