import type { ActivityJson } from '@user-activity/domain';
import type { ReceivedFeed } from '../load/followers.ts';
import type { Exchange } from '../load/ledger.ts';

/** The data of one project, from which `judge` finds violations. */
export interface Evidence {
  /** All requests that name the project, and their responses. */
  readonly exchanges: readonly Exchange[];
  /** All records of the project on the topic. The records of each partition are ordered by offset. */
  readonly records: readonly LoggedRecord[];
  /** All stored activities, as the API lists them. */
  readonly stored: readonly ActivityJson[];
  /** For each follower of the feed: the activities in the order in which it received them. */
  readonly feeds: readonly ReceivedFeed[];
  /** The ids of the stored activities, in the order in which the store wrote them. */
  readonly written: readonly string[];
  /** The dead letters in the store. */
  readonly letters: readonly Letter[];
  /** All dead letters on the topic of dead letters. Several of them may have the same origin. */
  readonly lettersOnTopic: readonly TopicLetter[];
  /** Whether the store was restored from a backup. Topics are never restored. */
  readonly isRestored: boolean;
}

/** The data of a run, by project. */
export type EvidenceByProject = ReadonlyMap<string, Evidence>;

/** A record on the topic of activities. */
export interface LoggedRecord {
  readonly partition: number;
  readonly offset: number;
  /** `partition:offset` of the original record. For a replayed dead letter, that is an earlier record. For any other record, it is the record itself. */
  readonly origin: string;
  /** A digest of the key, the value and the headers, except the header that a replay adds. */
  readonly digest: string;
  /** Whether the record is a poison message. */
  readonly poison: boolean;
  /** The activity in the value. Undefined if the value is not an activity. */
  readonly activity: ActivityJson | undefined;
}

/** A dead letter on the topic of dead letters. */
export interface TopicLetter {
  /** `partition:offset` of the original record. */
  readonly origin: string;
  readonly code: string;
  /** A digest of the key, the value and the headers of the original record, as in `LoggedRecord`. */
  readonly digest: string;
}

/** A dead letter in the store, which also has a reason. */
export interface Letter extends TopicLetter {
  readonly reason: string;
}
