import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteDatabase } from '@user-activity/adapter-sqlite';
import { activityLogged, type Outbox, type EventPublisher, Timestamp } from '@user-activity/domain';
import {
  embeddedEngines,
  EngineChoice,
  openEngines,
  type OpenEngines,
  provideConsumer,
  provideStore,
} from '@user-activity/engines';
import {
  type Closers,
  EngineWait,
  type Logger,
  startStoring,
  SystemClock,
  tokens,
  Wiring,
} from '@user-activity/runner';
import { backOff } from '@user-activity/timing';
import { container } from 'tsyringe';
import { UsageError } from '../failure.ts';

const engines = new EngineChoice(embeddedEngines);
const publisherOptions = {
  publishTimeoutMs: 10_000,
  maxBufferedEvents: 10_000,
  maxBufferedBytes: 64 * 1024 * 1024,
  observer: { buffered: () => undefined, flushed: () => undefined },
};
const queryTimeoutMs = 60_000;
const endOfTime = Timestamp.trusted(Number.MAX_SAFE_INTEGER);

interface SourceOptions {
  readonly folder: string;
  readonly anonymisationKey: string | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** The open data file of a service. */
export interface EmbeddedSource extends OpenEngines {
  /** The offset that the next record of the log would get. Everything before it is stored. */
  readonly end: number;
}

/**
 * Opens the data file of an embedded service that is stopped, and stores what waits on its log. Throws UsageError if there is no data file, and
 * DataFileError if it can't be used, for example because the service runs.
 */
export async function openSource(closers: Closers, options: SourceOptions): Promise<EmbeddedSource> {
  const { folder, logger, signal } = options;
  const file = join(folder, SqliteDatabase.fileName);
  if (!existsSync(file))
    throw new UsageError(`There is no data file ${file}. Pass the folder that the service has as DATA_DIR.`);
  const settings = engines.settings({ START_TIMEOUT_MS: queryTimeoutMs, DATA_DIR: folder });
  const wait = new EngineWait(settings, logger, signal);
  const source = await openEngines(settings, wait, { closers, logger, queryTimeoutMs });
  await publishAuditEvents(source);
  const end = await storeWaiting(source, options);
  return { ...source, end };
}

/** Puts the audit events that wait for the log on the log, also those whose process has ended before it knew how its change ended. */
async function publishAuditEvents({ log, store }: OpenEngines): Promise<void> {
  const publisher: EventPublisher = log.makePublisher(publisherOptions);
  try {
    const outbox: Outbox = store.outbox;
    for (;;) {
      const events = await outbox.findReady(endOfTime, 100);
      if (events.length === 0) return;
      await publisher.publish(events.map(activityLogged));
      await outbox.remove(events.map(({ id }) => id));
    }
  } finally {
    await publisher.close();
  }
}

/** Stores what the log has and the store has not. Returns the end of the log. Rejects if the consumer can't go on. */
async function storeWaiting(
  source: OpenEngines,
  { anonymisationKey, logger, signal }: SourceOptions,
): Promise<number> {
  const wiring = new Wiring(container.createChildContainer());
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  provideStore(wiring, source);
  provideConsumer(wiring, source, { ACCEPT_GAP: false, ANONYMISATION_KEY: anonymisationKey });
  try {
    await wiring.get(tokens.storingUseCases).beginStoring();
    await startStoring(wiring.get);
    const consumer = wiring.get(tokens.consumer);
    for (let looks = 1; ; looks += 1) {
      signal.throwIfAborted();
      const partitions = await consumer.progress();
      if (partitions.every(({ committed, end }) => committed === end))
        return partitions.reduce((sum, { end }) => sum + end, 0);
      await Promise.race([backOff(Math.min(looks, 4), signal), consumer.ended]);
    }
  } finally {
    await wiring.close();
  }
}
