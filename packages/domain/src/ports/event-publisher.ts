import type { ActivityLogged } from '../log/activity-logged.ts';
import type { OriginalRecord } from '../log/log-record.ts';

/** What became of a record that was to be published again; one that is too large can never be. */
export type RepublishOutcome = 'published' | 'too-large';

/**
 * The way into the log.
 *  P1 Durable   once `publish` resolves, every event of the call reaches every consumer group, whatever dies meanwhile.
 *  P2 Ordered   what a user did is delivered in the order of publishing: within a call by its array, between calls when one
 *               resolved before the other began. Of an event that was published twice the first delivery counts.
 *  P3 Honest    rejects with LOG_UNAVAILABLE when the log did not confirm all in time: then any part of the call may be on
 *               the log, and publishing all of it again is safe. No error of a driver crosses the port.
 *  P4 Bounded   rejects with LOG_BUSY, having taken nothing, rather than hold more than its buffer.
 *  P5 Closing   `close` settles every publish that is under way; later ones reject with LOG_UNAVAILABLE.
 *  P6 Unchanged `republish` appends records byte for byte as `replayed` gives them, each on the partition of its key, or of
 *               its origin where it has none; P1, P3, P4 and P5 hold for it too. Outcome i belongs to record i.
 */
export interface EventPublisher {
  /** Of no events: resolves at once. */
  publish(events: readonly ActivityLogged[]): Promise<void>;
  /** Publishes dead letters again. One that the log can't hold does not stop the others. */
  republish(records: readonly OriginalRecord[]): Promise<readonly RepublishOutcome[]>;
  /** Resolves when the log could take events, else rejects with LOG_UNAVAILABLE. */
  ping(): Promise<void>;
  /** May be called again, to no further effect. */
  close(): Promise<void>;
}
