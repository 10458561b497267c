import { type ActivityLogged, DomainError, type EventPublisher } from '@user-activity/domain';
import { MemoryLog } from './memory-log.ts';

/** Appends to a log in memory. */
export class MemoryEventPublisher implements EventPublisher {
  readonly #log: MemoryLog;
  readonly #bufferedEvents: number;
  #closed = false;

  /** `bufferedEvents`: the most that one call may publish. */
  constructor(log: MemoryLog = new MemoryLog(), options: { readonly bufferedEvents?: number } = {}) {
    this.#log = log;
    this.#bufferedEvents = options.bufferedEvents ?? 100_000;
  }

  async publish(events: readonly ActivityLogged[]): Promise<void> {
    await this.ping();
    if (events.length > this.#bufferedEvents) throw new DomainError('LOG_BUSY', 'The buffer is full.');
    this.#log.append(events);
  }

  async ping(): Promise<void> {
    if (this.#closed) throw new DomainError('LOG_UNAVAILABLE', 'The publisher is closed.');
    this.#log.assertReachable();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }
}
