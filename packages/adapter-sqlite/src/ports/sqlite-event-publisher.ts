import {
  DomainError,
  type EventPublisher,
  type LogEvent,
  type OriginalRecord,
  type PublishObserver,
  replayed,
  type RepublishOutcome,
} from '@user-activity/domain';
import { useLog } from './failure.ts';
import { headersJson } from './header-json.ts';
import { copyBytes } from './letter-row.ts';
import { rowFromEvent } from './log-record.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { Reply } from './thread-client.ts';
import type { Bytes, LogRow } from '../protocol/rows.ts';

export interface SqliteEventPublisherOptions {
  /** The time limit of each publish. A slower publish rejects with LOG_UNAVAILABLE. Default: 10,000. */
  readonly publishTimeoutMs?: number;
  /** The maximum number of events in the buffer. Default: 100,000. */
  readonly bufferedEvents?: number;
  /** The maximum size of the buffer, in UTF-16 code units of JSON and in bytes of replayed records. Default: 64 Mi. */
  readonly bufferedCharacters?: number;
  /** Notified of buffer changes and transactions. It gets sizes in UTF-16 code units of JSON, not in bytes. */
  readonly observer?: PublishObserver;
}

/** The events of all publishes of one turn of the event loop. One job appends them. */
interface PublishGroup {
  readonly rows: LogRow[];
  readonly events: LogEvent[];
  characters: number;
  weight: number;
  readonly timeoutMs: number;
  readonly onSend: () => void;
}

// All publishes of a group fail together, so a group has at most this many events. A larger publish has a group of its own.
const maxGroupedEvents = 1000;

/** Appends events to the log. Concurrent publishes share a transaction and its sync of the disk. */
export class SqliteEventPublisher implements EventPublisher {
  readonly #database: SqliteDatabase;
  readonly #timeoutMs: number;
  readonly #maxEvents: number;
  readonly #maxCharacters: number;
  readonly #observer: PublishObserver | undefined;
  readonly #onCommit = (reply: Reply) => this.#notify(reply);
  readonly #pending = new Set<Promise<unknown>>();
  /** The group that further publishes can join, and the promise of its job. */
  #group: { readonly group: PublishGroup; readonly work: Promise<void> } | undefined;
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

  async publish(events: readonly LogEvent[]): Promise<void> {
    await this.#append(
      events.length,
      () => events.map(rowFromEvent),
      (rows, characters) => this.#join(rows, events, characters),
    );
  }

  async republish(records: readonly OriginalRecord[]): Promise<readonly RepublishOutcome[]> {
    await this.#append(
      records.length,
      () =>
        records
          .map(replayed)
          .map(({ key, value, headers }) => [copyBytes(key), copyBytes(value), headersJson(headers)]),
      (rows) => {
        // Later publishes must not join a job that was submitted before this one.
        this.#group = undefined;
        const options = { timeoutMs: this.#timeoutMs, weight: rows.length };
        return this.#track(() => this.#database.writer.submit('append', rows, options));
      },
    );
    return records.map(() => 'published');
  }

  async ping(): Promise<void> {
    this.#assertOpen();
    await this.#track(() => this.#database.writer.submit('probe', undefined, { timeoutMs: this.#timeoutMs }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#pending);
    this.#database.commitListeners.delete(this.#onCommit);
  }

  #buffer(events: number, characters: number): void {
    this.#events += events;
    this.#characters += characters;
    this.#observer?.buffered(this.#events, this.#characters);
  }

  #notify({ jobs, outcomes, seconds }: Reply): void {
    const appends = jobs.flatMap(({ name, input }, index) =>
      name === 'append' ? [{ rows: input as readonly LogRow[], outcome: outcomes[index] }] : [],
    );
    if (appends.length === 0) return;
    const stored = appends.filter(({ outcome }) => outcome !== undefined && 'result' in outcome);
    const rows = stored.flatMap((append) => append.rows);
    const failed = stored.length < appends.length;
    this.#observer?.flushed({ events: rows.length, bytes: sizeOf(rows), seconds, failed });
  }

  async #append(
    count: number,
    make: () => readonly LogRow[],
    submit: (rows: readonly LogRow[], characters: number) => Promise<void>,
  ): Promise<void> {
    this.#assertOpen();
    if (count === 0) return;
    if (this.#events + count > this.#maxEvents) throw bufferFull();
    const rows = make();
    const characters = sizeOf(rows);
    if (this.#characters + characters > this.#maxCharacters) throw bufferFull();
    this.#buffer(count, characters);
    try {
      await submit(rows, characters);
    } finally {
      this.#buffer(-count, -characters);
    }
  }

  /** Adds the rows of a publish to the open group. */
  #join(rows: readonly LogRow[], events: readonly LogEvent[], characters: number): Promise<void> {
    const hasRoom = (this.#group?.group.weight ?? maxGroupedEvents) + rows.length <= maxGroupedEvents;
    if (!hasRoom || this.#group === undefined) this.#group = this.#openGroup();
    const { group, work } = this.#group;
    for (const row of rows) group.rows.push(row);
    for (const event of events) group.events.push(event);
    group.characters += characters;
    group.weight += rows.length;
    return work;
  }

  /** Opens a group and submits its job. With 128 concurrent callers, a job for each publish took 14 % more CPU time. */
  #openGroup(): { readonly group: PublishGroup; readonly work: Promise<void> } {
    const close = (): void => {
      if (this.#group?.group === group) this.#group = undefined;
    };
    const group: PublishGroup = {
      rows: [],
      events: [],
      characters: 0,
      weight: 0,
      timeoutMs: this.#timeoutMs,
      onSend: close,
    };
    // The time limit of the job begins in this turn, so publishes of later turns must not join.
    setImmediate(close);
    const { consumers, recentEvents, writer } = this.#database;
    const work = this.#track(async () => {
      const last = await writer.submit('append', group.rows, group);
      if (consumers.size > 0) recentEvents.add(group.events, last, group.characters);
    });
    return { group, work };
  }

  #assertOpen(): void {
    if (this.#closed) throw new DomainError('LOG_UNAVAILABLE', 'The publisher is closed.');
  }

  /** Runs work on the log. `close` waits for it. */
  async #track(submit: () => Promise<unknown>): Promise<void> {
    const work = useLog(submit);
    this.#pending.add(work);
    try {
      await work;
    } finally {
      this.#pending.delete(work);
    }
  }
}

const sizeOf = (rows: readonly LogRow[]): number =>
  rows.reduce((sum, [, value, headers]) => sum + lengthOf(value) + lengthOf(headers), 0);

const lengthOf = (bytes: Bytes): number => bytes?.length ?? 0;

const bufferFull = (): DomainError => new DomainError('LOG_BUSY', "The publisher's buffer is full.");
