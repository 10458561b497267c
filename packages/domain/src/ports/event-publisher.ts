import type { LogEvent } from '../log/log-event.ts';
import type { OriginalRecord } from '../log/log-record.ts';

/** The outcome of publishing a record again. `too-large` is final: the log will never take the record. */
export type RepublishOutcome = 'published' | 'too-large';

/** Receives the measurements that only the publisher itself can make. */
export interface PublishObserver {
  /** Called after each change of the buffer, with the number of events and bytes that it now holds. */
  buffered(events: number, bytes: number): void;
  /**
   * Called after each request or transaction that sends events to the log. `events` and `bytes` count those that are on the log now. If
   * `failed`, the others are not, and the publisher sends them again.
   */
  flushed(flush: {
    readonly events: number;
    readonly bytes: number;
    readonly seconds: number;
    readonly failed: boolean;
  }): void;
}

/**
 * Publishes events to the log.
 *  P1 Durable   once `publish` resolves, every event of the call reaches every consumer group, whichever process dies meanwhile.
 *  P2 Ordered   the events of a user are delivered in the order of publishing: within a call, the order of the array; between
 *               calls, if one resolved before the other began. For an event that was published twice, the first delivery counts.
 *  P3 Honest    `publish` rejects with LOG_UNAVAILABLE if the log did not confirm all events in time. Any part of the call may then
 *               be on the log, and publishing all of it again is safe. No driver error crosses the port.
 *  P4 Bounded   `publish` rejects with LOG_BUSY, and publishes nothing, if the events would exceed its buffer.
 *  P5 Closing   `close` waits until every pending `publish` has resolved or rejected. Later calls reject with LOG_UNAVAILABLE.
 *  P6 Unchanged `republish` appends records byte for byte as `replayed` returns them, each on the partition of its key, or of its
 *               origin if it has no key. P1, P3, P4 and P5 hold for it too. Outcome i belongs to record i.
 */
export interface EventPublisher {
  /** Resolves at once if there are no events. */
  publish(events: readonly LogEvent[]): Promise<void>;
  /** Publishes the records of dead letters again. A record that is too large for the log does not stop the others. */
  republish(records: readonly OriginalRecord[]): Promise<readonly RepublishOutcome[]>;
  /** Resolves if the log can take events, otherwise rejects with LOG_UNAVAILABLE. */
  ping(): Promise<void>;
  /** Closes the publisher; see P5. Further calls have no effect. */
  close(): Promise<void>;
}
