import 'reflect-metadata';
import { buildServer } from '@user-activity/adapter-http';
import {
  SqliteActivityRepository,
  SqliteDatabase,
  SqliteDeadLetterQueue,
  SqliteEventConsumer,
  SqliteEventPublisher,
} from '@user-activity/adapter-sqlite';
import {
  makeCheckHealth,
  makeFindActivities,
  makeFindActivity,
  makeLogActivities,
  makeLogActivity,
  makeStoreActivities,
} from '@user-activity/application';
import {
  backOff,
  type Logger,
  outageLog,
  type RunningApp,
  SystemClock,
  tokens,
  UuidIds,
  Wiring,
} from '@user-activity/runner';
import { container } from 'tsyringe';
import type { Config } from './config.ts';
import { tryLine } from './try-line.ts';

const group = 'user-activity-store';

/** The wiring of API and consumer in one process, on one SQLite file. */
export function wire(config: Config, logger: Logger, database: SqliteDatabase): Wiring {
  const wiring = new Wiring(container.createChildContainer());

  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  wiring.provide(tokens.ids, () => new UuidIds());

  wiring.provide(
    tokens.publisher,
    () =>
      new SqliteEventPublisher(database, {
        publishTimeoutMs: config.PUBLISH_TIMEOUT_MS,
        // The largest batch that is allowed must fit, several times.
        bufferedEvents: Math.max(100_000, 4 * config.MAX_BATCH_SIZE),
        bufferedCharacters: Math.max(64 * 1024 * 1024, 4 * config.MAX_BODY_BYTES),
      }),
    (publisher) => publisher.close(),
  );
  wiring.provide(
    tokens.repository,
    () => new SqliteActivityRepository(database, { queryTimeoutMs: config.QUERY_TIMEOUT_MS }),
  );
  wiring.provide(tokens.deadLetters, () => new SqliteDeadLetterQueue(database));
  wiring.provide(
    tokens.consumer,
    () => new SqliteEventConsumer(database, group),
    (consumer) => consumer.stop(),
  );

  wiring.provide(tokens.logActivity, (get) =>
    makeLogActivity({ publisher: get(tokens.publisher), clock: get(tokens.clock), ids: get(tokens.ids) }),
  );
  wiring.provide(tokens.logActivities, (get) =>
    makeLogActivities({ publisher: get(tokens.publisher), clock: get(tokens.clock), ids: get(tokens.ids) }),
  );
  wiring.provide(tokens.storeActivities, (get) =>
    makeStoreActivities({
      repository: get(tokens.repository),
      deadLetters: get(tokens.deadLetters),
      clock: get(tokens.clock),
      pause: backOff,
      observer: outageLog(get(tokens.logger)),
    }),
  );
  wiring.provide(tokens.findActivities, (get) => makeFindActivities({ repository: get(tokens.repository) }));
  wiring.provide(tokens.findActivity, (get) => makeFindActivity({ repository: get(tokens.repository) }));
  wiring.provide(tokens.checkHealth, (get) =>
    makeCheckHealth({ publisher: get(tokens.publisher), repository: get(tokens.repository) }),
  );
  return wiring;
}

/** Starts consuming and serving. What fails on the way leaves nothing open. */
export async function start(config: Config, logger: Logger, version: string): Promise<RunningApp> {
  const database = await SqliteDatabase.open({ folder: config.DATA_DIR });
  const wiring = wire(config, logger, database);
  const { get } = wiring;
  const closers: (() => Promise<void>)[] = [() => database.close(), () => wiring.close()];
  const stop = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close();
  };
  try {
    wiring.resolveAll();
    const server = await buildServer({
      logActivity: get(tokens.logActivity),
      logActivities: get(tokens.logActivities),
      findActivities: get(tokens.findActivities),
      findActivity: get(tokens.findActivity),
      checkHealth: get(tokens.checkHealth),
      apiKeys: config.API_KEYS,
      maxBatchSize: config.MAX_BATCH_SIZE,
      maxBodyBytes: config.MAX_BODY_BYTES,
      version,
      logger: get(tokens.logger),
    });
    // Requests are finished first: they still need what is closed after them.
    closers.push(() => server.close());
    await get(tokens.consumer).start(get(tokens.storeActivities));
    const url = await server.listen({ host: config.HOST, port: config.PORT });
    return { url, hint: tryLine(url, config.API_KEYS.length > 0), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
