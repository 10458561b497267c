import type { ActivityJson } from '@user-activity/domain';
import type { Exchange } from '../load/ledger.ts';

/** Everything that a verdict is based on. */
export interface Evidence {
  /** All requests of clients and their answers. */
  readonly exchanges: readonly Exchange[];
  /** The whole topic, each partition in its order. */
  readonly records: readonly LoggedRecord[];
  /** The whole store, as the API lists it. */
  readonly stored: readonly ActivityJson[];
  /** The ids in the store, in the order in which they were written. */
  readonly written: readonly string[];
  /** The dead letters in the store. */
  readonly letters: readonly Letter[];
  /** All dead letters on their topic, which may hold several of one origin. */
  readonly lettersOnTopic: readonly TopicLetter[];
}

/** A record of the topic. */
export interface LoggedRecord {
  readonly partition: number;
  readonly offset: number;
  /** `partition:offset` of the first copy, which is another record if this is a replayed dead letter. */
  readonly origin: string;
  /** A digest of key, value and headers, without the header that a replay adds. */
  readonly digest: string;
  /** Whether it is a poison message. */
  readonly poison: boolean;
  /** The activity in it, if there is one. */
  readonly activity: ActivityJson | undefined;
}

/** A dead letter, on its topic or in the store. */
export interface TopicLetter {
  /** `partition:offset` of the first copy of the record. */
  readonly origin: string;
  readonly code: string;
  /** A digest of key, value and headers, as in `LoggedRecord`. */
  readonly digest: string;
}

/** A dead letter in the store. */
export interface Letter extends TopicLetter {
  readonly reason: string;
}
