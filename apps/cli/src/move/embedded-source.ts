import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteDatabase } from '@user-activity/adapter-sqlite';
import { makeRelayAuditEvents } from '@user-activity/application';
import { Timestamp } from '@user-activity/domain';
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

/** The open log and store of an embedded service. */
export interface EmbeddedSource extends OpenEngines {
  /** The offset that the next record of the log would get. Everything before it is stored. */
  readonly end: number;
}

/**
 * Opens the data file of an embedded service that is stopped, and stores the records that wait on its log. Throws UsageError if there is no data
 * file, and DataFileError if the file can't be used, for example because the service runs.
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

/** Publishes all audit events that wait in the outbox to the log. */
async function publishAuditEvents({ log, store: { outbox } }: OpenEngines): Promise<void> {
  const publisher = log.makePublisher(publisherOptions);
  // With this clock every event is ready, even an event whose process died before the outcome of its change was known.
  const clock = { now: () => endOfTime };
  try {
    await makeRelayAuditEvents({ outbox, publisher, clock })();
  } finally {
    await publisher.close();
  }
}

/** Stores the records of the log that are not stored yet. Returns the end of the log. Rejects if the consumer can't continue. */
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
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      const partitions = await consumer.progress();
      if (partitions.every(({ committed, end }) => committed === end))
        return partitions.reduce((sum, { end }) => sum + end, 0);
      await Promise.race([backOff(Math.min(attempt, 4), signal), consumer.ended]);
    }
  } finally {
    await wiring.close();
  }
}
