import {
  type ActivityLogged,
  DomainError,
  type EventPublisher,
  type OriginalRecord,
  type PublishObserver,
  replayed,
  type RepublishOutcome,
} from '@user-activity/domain';
import { useLog } from './failure.ts';
import { headersJson } from './header-json.ts';
import { ownBytes } from './letter-row.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { Done } from './thread-client.ts';
import type { Bytes, LogRow } from '../protocol/rows.ts';

/** The limits and the observer of a publisher. */
export interface SqliteEventPublisherOptions {
  /** A publish that is not confirmed in this time is rejected with LOG_UNAVAILABLE. Default: 10,000. */
  readonly publishTimeoutMs?: number;
  /** The maximum number of events in the buffer. Default: 100,000. */
  readonly bufferedEvents?: number;
  /** The maximum size of the buffer, in UTF-16 code units of JSON, or bytes of replayed records. Default: 64 Mi. */
  readonly bufferedCharacters?: number;
  /** Counts UTF-16 code units of JSON as bytes. */
  readonly observer?: PublishObserver;
}

/** Appends to the log in the file. Concurrent publishes share a transaction and its sync. */
export class SqliteEventPublisher implements EventPublisher {
  readonly #database: SqliteDatabase;
  readonly #timeoutMs: number;
  readonly #maxEvents: number;
  readonly #maxCharacters: number;
  readonly #observer: PublishObserver | undefined;
  readonly #onCommit: (done: Done) => void = (done) => this.#notify(done);
  readonly #underWay: Set<Promise<unknown>> = new Set();
  #events = 0;
  #characters = 0;
  #closed = false;

  constructor(database: SqliteDatabase, options: SqliteEventPublisherOptions = {}) {
    this.#database = database;
    this.#timeoutMs = options.publishTimeoutMs ?? 10_000;
    this.#maxEvents = options.bufferedEvents ?? 100_000;
    this.#maxCharacters = options.bufferedCharacters ?? 64 * 1024 * 1024;
    this.#observer = options.observer;
    if (this.#observer !== undefined) database.commitListeners.add(this.#onCommit);
  }

  async publish(events: readonly ActivityLogged[]): Promise<void> {
    await this.#append(events.length, () =>
      events.map(({ activity }) => [activity.userId, JSON.stringify(activity), null]),
    );
  }

  async republish(records: readonly OriginalRecord[]): Promise<readonly RepublishOutcome[]> {
    await this.#append(records.length, () =>
      records
        .map(replayed)
        .map(({ key, value, headers }) => [ownBytes(key), ownBytes(value), headersJson(headers)]),
    );
    return records.map(() => 'published');
  }

  async ping(): Promise<void> {
    this.#assertOpen();
    await this.#tracked(() => this.#database.writer.submit('probe', null, { timeoutMs: this.#timeoutMs }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    this.#database.commitListeners.delete(this.#onCommit);
  }

  #buffer(events: number, characters: number): void {
    this.#events += events;
    this.#characters += characters;
    this.#observer?.buffered(this.#events, this.#characters);
  }

  #notify({ jobs, outcomes, seconds }: Done): void {
    const flush = { events: 0, bytes: 0, seconds, failed: false };
    let hasAppended = false;
    for (const [index, { name, input }] of jobs.entries()) {
      if (name !== 'append') continue;
      hasAppended = true;
      const outcome = outcomes[index];
      if (outcome === undefined || 'fault' in outcome) {
        flush.failed = true;
        continue;
      }
      const rows = input as readonly LogRow[];
      flush.events += rows.length;
      flush.bytes += sizeOf(rows);
    }
    if (hasAppended) this.#observer?.flushed(flush);
  }

  async #append(count: number, make: () => readonly LogRow[]): Promise<void> {
    this.#assertOpen();
    if (count === 0) return;
    if (this.#events + count > this.#maxEvents) throw busy();
    const rows = make();
    const characters = sizeOf(rows);
    if (this.#characters + characters > this.#maxCharacters) throw busy();
    this.#buffer(count, characters);
    const options = { timeoutMs: this.#timeoutMs, weight: rows.length };
    try {
      await this.#tracked(() => this.#database.writer.submit('append', rows, options));
    } finally {
      this.#buffer(-count, -characters);
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new DomainError('LOG_UNAVAILABLE', 'The publisher is closed.');
  }

  /** Does work that `close` waits for. */
  async #tracked(submit: () => Promise<unknown>): Promise<void> {
    const work = useLog(submit);
    this.#underWay.add(work);
    try {
      await work;
    } finally {
      this.#underWay.delete(work);
    }
  }
}

const sizeOf = (rows: readonly LogRow[]): number =>
  rows.reduce((sum, [, value, headers]) => sum + lengthOf(value) + lengthOf(headers), 0);

const lengthOf = (bytes: Bytes): number => bytes?.length ?? 0;

const busy = (): DomainError => new DomainError('LOG_BUSY', "The publisher's buffer is full.");
