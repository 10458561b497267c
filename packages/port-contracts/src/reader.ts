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

/** Called with each batch while the reader handles it. If it throws or rejects, the batch is delivered again. */
type BatchListener = (records: readonly LogRecord[], signal: Cancellation, span: OffsetSpan) => unknown;

/** A consumer that is a member of a group. It collects the batches that it has handled, and lets a test wait for deliveries. */
export class Reader {
  readonly batches: (readonly LogRecord[])[] = [];
  /** The offset span of each batch, in the order of `batches`. */
  readonly spans: OffsetSpan[] = [];
  readonly #consumer: EventConsumer;
  readonly #timeoutMs: number;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  private constructor(consumer: EventConsumer, timeoutMs: number) {
    this.#consumer = consumer;
    this.#timeoutMs = timeoutMs;
  }

  /** Starts a member of the group, and collects its deliveries. */
  static async start(
    { openConsumer, timeoutMs }: LogSubject,
    group: string,
    onBatch: BatchListener = () => undefined,
    resumeAt?: ResumeAt,
  ): Promise<Reader> {
    const consumer = await openConsumer(group);
    const reader = new Reader(consumer, timeoutMs ?? 45_000);
    await consumer.start(async (records, signal, span) => {
      await onBatch(records, signal, span);
      reader.batches.push(records);
      reader.spans.push(span);
      reader.#changed.resolve();
      reader.#changed = Promise.withResolvers();
    }, resumeAt);
    return reader;
  }

  /** Starts a member of the group, waits until all these activities were delivered, stops the member, and returns it. */
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
    await this.#withTimeout(message, async (timeout) => {
      while (!condition()) await Promise.race([this.#changed.promise, timeout]);
    });
  }

  /** Waits for `ended` of the member, and rejects as it does. Fails after the time limit of the subject. */
  async waitForEnd(): Promise<void> {
    await this.#withTimeout(
      () => 'the member did not end',
      (timeout) => Promise.race([this.#consumer.ended, timeout]),
    );
  }

  /** Calls `wait` with a promise that rejects with the message after the time limit of the subject. */
  async #withTimeout(
    message: () => string,
    wait: (timeout: Promise<never>) => Promise<unknown>,
  ): Promise<void> {
    const timeout = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => timeout.reject(new assert.AssertionError({ message: message() })),
      this.#timeoutMs,
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
