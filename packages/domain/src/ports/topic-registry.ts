import type { LogId } from '../log/log-id.ts';

/** A topic as the log knows it now. */
export interface TopicIdentity {
  readonly name: string;
  readonly partitions: number;
  /** The id that the log gives to a topic when it is made. Undefined if the log gives none. */
  readonly topicId?: string | undefined;
}

/** A topic as it was first registered. */
export interface RegisteredTopic {
  readonly partitions: number;
  readonly log: LogId;
  /** Whether this topic was the first with its name. */
  readonly isFirst: boolean;
}

/**
 * Remembers each topic as it was when the service first used it: its number of partitions, which must not change because it decides
 * on which partition a user's records are, and the id of the log.
 *  T1 First     `register` always returns the first number and log id that were registered for the topic, whatever is passed later.
 *  T2 Apart     every topic has its own number and log id, whatever the topic's name is.
 *  T3 Durable   a new handle on the same store returns the same.
 *  T4 Racing    N concurrent calls for one topic with different numbers and log ids all return those of the same call.
 *  T5 Honest    while the store is unreachable, it rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again afterwards.
 *  T6 Renewed   a topic with another topic id is another topic, with a number and a log id of its own. A topic that was registered
 *               without a topic id gets the first one that is passed for its name. A call without a topic id means the topic that
 *               was registered first under the name.
 *  T7 Telling   `isFirst` is true for the topic that was registered first under its name, and false for all later ones. It never
 *               changes.
 */
export interface TopicRegistry {
  /** Returns what was registered first for the topic. Registers `topic` with the id `log` if there was nothing. */
  register(topic: TopicIdentity, log: LogId): Promise<RegisteredTopic>;
}
