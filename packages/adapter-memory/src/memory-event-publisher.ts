import {
  DomainError,
  type EventPublisher,
  type LogEvent,
  type OriginalRecord,
  replayed,
  type RepublishOutcome,
} from '@user-activity/domain';
import { MemoryLog } from './memory-log.ts';

export class MemoryEventPublisher implements EventPublisher {
  readonly #log: MemoryLog;
  readonly #bufferedEvents: number;
  #closed = false;

  /** `bufferedEvents` is the maximum number of events in one call. Default: 100,000. */
  constructor(log: MemoryLog = new MemoryLog(), options: { readonly bufferedEvents?: number } = {}) {
    this.#log = log;
    this.#bufferedEvents = options.bufferedEvents ?? 100_000;
  }

  async publish(events: readonly LogEvent[]): Promise<void> {
    await this.#assertAccepts(events.length);
    this.#log.append(events);
  }

  async republish(records: readonly OriginalRecord[]): Promise<readonly RepublishOutcome[]> {
    await this.#assertAccepts(records.length);
    return records.map((record) => {
      this.#log.appendRaw(replayed(record), record.origin.partition);
      return 'published';
    });
  }

  async ping(): Promise<void> {
    if (this.#closed) throw new DomainError('LOG_UNAVAILABLE', 'The publisher is closed.');
    this.#log.assertReachable();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async #assertAccepts(count: number): Promise<void> {
    await this.ping();
    if (count > this.#bufferedEvents) throw new DomainError('LOG_BUSY', 'The buffer is full.');
  }
}
