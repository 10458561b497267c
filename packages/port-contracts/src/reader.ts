import assert from 'node:assert/strict';
import type { Cancellation, EventConsumer, LogRecord, UserActivity } from '@user-activity/domain';
import type { LogSubject } from './log-subject.ts';

/** Called with each batch before it counts as handled. */
type Meanwhile = (records: readonly LogRecord[], signal: Cancellation) => unknown;

/** Handles records for a test: collects each successfully handled batch, and lets the test wait for deliveries. */
export class Reader {
  readonly batches: (readonly LogRecord[])[] = [];
  readonly #consumer: EventConsumer;
  readonly #patienceMs: number;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(consumer: EventConsumer, patienceMs: number) {
    this.#consumer = consumer;
    this.#patienceMs = patienceMs;
  }

  /** Starts a member of the group, and collects its deliveries. */
  static async start(
    { openConsumer, patienceMs }: LogSubject,
    group: string,
    meanwhile: Meanwhile = () => undefined,
  ): Promise<Reader> {
    const consumer = await openConsumer(group);
    const reader = new Reader(consumer, patienceMs ?? 45_000);
    await consumer.start(async (records, signal) => {
      await meanwhile(records, signal);
      reader.batches.push(records);
      reader.#changed.resolve();
      reader.#changed = Promise.withResolvers();
    });
    return reader;
  }

  /** Starts a member of the group, stops it when the activities were delivered, and returns it. */
  static async readAll(
    subject: LogSubject,
    activities: readonly UserActivity[],
    group = 'one',
  ): Promise<Reader> {
    const reader = await Reader.start(subject, group);
    await reader.has(activities);
    await reader.stop();
    return reader;
  }

  get records(): readonly LogRecord[] {
    return this.batches.flat();
  }

  /** Returns the activities in the order of their first delivery. Later deliveries of the same id are left out. */
  get activities(): readonly UserActivity[] {
    const first = new Map<string, UserActivity>();
    for (const { content } of this.records) {
      if (content.name === 'Unreadable' || first.has(content.activity.id)) continue;
      first.set(content.activity.id, content.activity);
    }
    return [...first.values()];
  }

  get ids(): readonly string[] {
    return this.activities.map(({ id }) => id);
  }

  /** Waits until all of these were delivered. */
  async has(activities: readonly UserActivity[]): Promise<void> {
    const missing = (): string[] => {
      const delivered = new Set(this.ids);
      return activities.flatMap(({ id }) => (delivered.has(id) ? [] : [id]));
    };
    await this.until(
      () => missing().length === 0,
      () => `still missing ${missing().slice(0, 5).join()}`,
    );
  }

  /** Waits until the condition holds, checking it after each batch. */
  async until(condition: () => boolean, message: () => string): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new assert.AssertionError({ message: message() })),
      this.#patienceMs,
    );
    try {
      while (!condition()) await Promise.race([this.#changed.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): Promise<void> {
    return this.#consumer.stop();
  }
}
