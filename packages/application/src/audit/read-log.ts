import {
  activityLogged,
  AuditEvent,
  type Clock,
  type EventPublisher,
  type IdGenerator,
  type UserActivity,
} from '@user-activity/domain';

/** The maximum number of waiting events. Most take less than a kilobyte of memory, and none more than a few kilobytes. */
const maxWaiting = 10_000;
const portionSize = 500;

interface ReadLogDeps {
  readonly publisher: Pick<EventPublisher, 'publish'>;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  /** Called for each event that is dropped. */
  readonly onDropped: () => void;
}

/** Buffers the audit events of reads in memory until they are published, so that no read waits for the log. */
export class ReadLog {
  readonly #deps: ReadLogDeps;
  #waiting: UserActivity[] = [];
  #dropped = 0;

  constructor(deps: ReadLogDeps) {
    this.#deps = deps;
  }

  /** Adds an event, or drops it if too many wait. */
  add(event: AuditEvent): void {
    const { clock, ids, onDropped } = this.#deps;
    if (this.#waiting.length < maxWaiting) {
      this.#waiting.push(AuditEvent.activity(event, { id: ids.next(), now: clock.now() }));
      return;
    }
    this.#dropped += 1;
    onDropped();
  }

  /**
   * Publishes the events that are waiting when it is called. Returns the number of events that were dropped since the last successful call.
   * Throws LOG_UNAVAILABLE and LOG_BUSY; unpublished events then wait for the next call.
   */
  async flush(): Promise<number> {
    // Events that are added meanwhile wait for the next call. Otherwise this call might never end.
    for (let left = this.#waiting.length; left > 0 && this.#waiting.length > 0; left -= portionSize) {
      const portion = this.#waiting.slice(0, Math.min(left, portionSize));
      await this.#deps.publisher.publish(portion.map(activityLogged));
      const published = new Set(portion);
      this.#waiting = this.#waiting.filter((activity) => !published.has(activity));
    }
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}
