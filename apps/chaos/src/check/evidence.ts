import type { ActivityJson } from '@user-activity/domain';
import type { Exchange } from '../load/ledger.ts';

/** The data that a verdict is based on. */
export interface Evidence {
  /** All requests of clients and their answers. */
  readonly exchanges: readonly Exchange[];
  /** All records of the topic, each partition in the order of its offsets. */
  readonly records: readonly LoggedRecord[];
  /** All stored activities, as the API lists them. */
  readonly stored: readonly ActivityJson[];
  /** The ids in the store, in the order in which they were written. */
  readonly written: readonly string[];
  /** The dead letters in the store. */
  readonly letters: readonly Letter[];
  /** All letters on the topic of dead letters. It may hold several letters of one origin. */
  readonly lettersOnTopic: readonly TopicLetter[];
}

/** A record of the topic. */
export interface LoggedRecord {
  readonly partition: number;
  readonly offset: number;
  /** `partition:offset` of the first copy of the record. It differs from the position of this record if a dead letter was replayed. */
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
