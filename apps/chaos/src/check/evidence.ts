import type { ActivityJson } from '@user-activity/domain';
import type { Exchange } from '../load/ledger.ts';

/** All that a verdict is made of. */
export interface Evidence {
  /** Every request of a client and its answer. */
  readonly exchanges: readonly Exchange[];
  /** The whole topic, each partition in its order. */
  readonly records: readonly LoggedRecord[];
  /** The whole store, as the API tells it. */
  readonly stored: readonly ActivityJson[];
  /** The ids that were written to the store, in the order of writing. */
  readonly written: readonly string[];
  /** The dead letters in the store. */
  readonly letters: readonly Letter[];
  /** All that lies on the topic of dead letters: of an origin it may be there several times. */
  readonly lettersOnTopic: readonly TopicLetter[];
}

/** A record of the topic. */
export interface LoggedRecord {
  readonly partition: number;
  readonly offset: number;
  /** `partition:offset` of its first copy: of a dead letter that was replayed where it lay at first, else where it lies. */
  readonly origin: string;
  /** A digest of key, value and headers, without the one that a replay adds. */
  readonly digest: string;
  /** Whether it was put there past the service. */
  readonly poison: boolean;
  /** What it says, where it says anything. */
  readonly activity: ActivityJson | undefined;
}

/** What a dead letter says wherever it lies. */
export interface TopicLetter {
  /** `partition:offset`, where the record lay at first. */
  readonly origin: string;
  readonly code: string;
  /** A digest of key, value and headers, as in `LoggedRecord`. */
  readonly digest: string;
}

/** A dead letter in the store. */
export interface Letter extends TopicLetter {
  readonly reason: string;
}
