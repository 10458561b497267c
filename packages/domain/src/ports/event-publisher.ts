import type { ActivityLogged } from '../log/activity-logged.ts';

/**
 * The way into the log.
 *  P1 Durable   once `publish` resolves, every event of the call reaches every consumer group, whatever dies meanwhile.
 *  P2 Ordered   what a user did is delivered in the order of publishing: within a call by its array, between calls when one
 *               resolved before the other began. Of an event that was published twice the first delivery counts.
 *  P3 Honest    rejects with LOG_UNAVAILABLE when the log did not confirm all in time: then any part of the call may be on
 *               the log, and publishing all of it again is safe. No error of a driver crosses the port.
 *  P4 Bounded   rejects with LOG_BUSY, having taken nothing, rather than hold more than its buffer.
 *  P5 Closing   `close` settles every publish that is under way; later ones reject with LOG_UNAVAILABLE.
 */
export interface EventPublisher {
  /** Of no events: resolves at once. */
  publish(events: readonly ActivityLogged[]): Promise<void>;
  /** Resolves when the log could take events, else rejects with LOG_UNAVAILABLE. */
  ping(): Promise<void>;
  /** May be called again, to no further effect. */
  close(): Promise<void>;
}
