import type { LogId } from '../log/log-id.ts';

/** A topic as the log describes it now. */
export interface TopicIdentity {
  readonly name: string;
  readonly partitions: number;
  /** The id that the log gave to the topic when it was created. Undefined if this kind of log gives no ids. */
  readonly topicId?: string | undefined;
}

/** A topic as it was first registered. */
export interface RegisteredTopic {
  readonly partitions: number;
  /** The id of the topic's log. */
  readonly log: LogId;
  /** Whether this topic was the first one that was registered under its name. */
  readonly isFirst: boolean;
}

/**
 * Remembers for each topic the id of its log, and the number of partitions that it had when the service first used it. That number must not
 * change, because it decides on which partition a user's records are.
 *  T1 First     `register` always returns the number of partitions and the log id that were registered first for the topic, whatever is
 *               passed later.
 *  T2 Apart     every topic has its own number of partitions and log id, whatever its name is.
 *  T3 Durable   a new handle on the same store returns the same values.
 *  T4 Racing    N concurrent calls for one topic with different values all return the values of the same call.
 *  T5 Honest    while the store is unreachable, `register` rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again afterwards.
 *  T6 Renewed   a topic with the same name but another topic id is another topic, with its own values. A topic that was registered without a
 *               topic id gets the first one that is passed for its name. A call without a topic id means the topic that was registered
 *               first under the name.
 *  T7 Telling   `isFirst` is true for the topic that was registered first under its name, and false for all later ones. It never
 *               changes.
 */
export interface TopicRegistry {
  /** Returns the topic as it was registered first. If it is new, registers it as `topic`, and its log with the id `log`. */
  register(topic: TopicIdentity, log: LogId): Promise<RegisteredTopic>;
}
