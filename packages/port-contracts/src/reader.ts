import assert from 'node:assert/strict';
import type {
  Cancellation,
  EventConsumer,
  LogRecord,
  OffsetSpan,
  ResumeAt,
  UserActivity,
} from '@user-activity/domain';
import type { LogSubject } from './log-subject.ts';

/** Called with each batch before it counts as handled. */
type BatchListener = (records: readonly LogRecord[], signal: Cancellation, span: OffsetSpan) => unknown;

/** A member of a group that collects the batches it handled, and lets a test wait for deliveries. */
export class Reader {
  readonly batches: (readonly LogRecord[])[] = [];
  /** The span of each batch. */
  readonly spans: OffsetSpan[] = [];
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
    onBatch: BatchListener = () => undefined,
    resumeAt?: ResumeAt,
  ): Promise<Reader> {
    const consumer = await openConsumer(group);
    const reader = new Reader(consumer, patienceMs ?? 45_000);
    await consumer.start(async (records, signal, span) => {
      await onBatch(records, signal, span);
      reader.batches.push(records);
      reader.spans.push(span);
      reader.#changed.resolve();
      reader.#changed = Promise.withResolvers();
    }, resumeAt);
    return reader;
  }

  /** Starts a member of the group, stops it when the activities were delivered, and returns it. */
  static async readAll(
    subject: LogSubject,
    activities: readonly UserActivity[],
    group = 'one',
  ): Promise<Reader> {
    const reader = await Reader.start(subject, group);
    await reader.waitFor(activities);
    await reader.stop();
    return reader;
  }

  get records(): readonly LogRecord[] {
    return this.batches.flat();
  }

  /** Returns the activities in the order of their first delivery, each id once. */
  get activities(): readonly UserActivity[] {
    const first = new Map<string, UserActivity>();
    for (const { content } of this.records) {
      if (content.name !== 'ActivityLogged' || first.has(content.activity.id)) continue;
      first.set(content.activity.id, content.activity);
    }
    return [...first.values()];
  }

  get ids(): readonly string[] {
    return this.activities.map(({ id }) => id);
  }

  /** Waits until all these activities were delivered. Fails after the time limit of the subject. */
  async waitFor(activities: readonly UserActivity[]): Promise<void> {
    const missing = (): string[] => {
      const delivered = new Set(this.ids);
      return activities.flatMap(({ id }) => (delivered.has(id) ? [] : [id]));
    };
    await this.waitUntil(
      () => missing().length === 0,
      () => `not delivered: ${missing().slice(0, 5).join()}`,
    );
  }

  /** Waits until the condition holds, checking it after each batch. */
  async waitUntil(condition: () => boolean, message: () => string): Promise<void> {
    await this.#patiently(message, async (timeout) => {
      while (!condition()) await Promise.race([this.#changed.promise, timeout]);
    });
  }

  /** Settles as the member ends. Fails after the time limit of the subject. */
  async waitForEnd(): Promise<void> {
    await this.#patiently(
      () => 'the member did not end',
      (timeout) => Promise.race([this.#consumer.ended, timeout]),
    );
  }

  /** Passes a promise that rejects with the message after the time limit. */
  async #patiently(
    message: () => string,
    wait: (timeout: Promise<never>) => Promise<unknown>,
  ): Promise<void> {
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => timeout.reject(new assert.AssertionError({ message: message() })),
      this.#patienceMs,
    );
    try {
      await wait(timeout.promise);
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): Promise<void> {
    return this.#consumer.stop();
  }
}
