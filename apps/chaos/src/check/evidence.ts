import type { ActivityJson } from '@user-activity/domain';
import type { Followed } from '../load/followers.ts';
import type { Exchange } from '../load/ledger.ts';

/** The data of one project, which `judge` judges. */
export interface Evidence {
  /** All requests of clients that name the project, and their responses. */
  readonly exchanges: readonly Exchange[];
  /** All records of the project on the topic, each partition in the order of its offsets. */
  readonly records: readonly LoggedRecord[];
  /** All stored activities, as the API lists them. */
  readonly stored: readonly ActivityJson[];
  /** What each program got that followed the feed from its beginning. */
  readonly feeds: readonly Followed[];
  /** The ids in the store, in the order in which they were written. */
  readonly written: readonly string[];
  /** The dead letters in the store. */
  readonly letters: readonly Letter[];
  /** All letters on the topic of dead letters. Several letters may have the same origin. */
  readonly lettersOnTopic: readonly TopicLetter[];
  /** Whether the store was restored from a backup. The topics were not. */
  readonly isRestored: boolean;
}

/** The data of a run, by project. */
export type EvidenceByProject = ReadonlyMap<string, Evidence>;

/** A record of the topic. */
export interface LoggedRecord {
  readonly partition: number;
  readonly offset: number;
  /** `partition:offset` of the original record: another position if this record is a replayed dead letter, else its own position. */
  readonly origin: string;
  /** A digest of key, value and headers, without the header that a replay adds. */
  readonly digest: string;
  /** Whether the record is a poison message. */
  readonly poison: boolean;
  /** The activity in the value; undefined if there is none. */
  readonly activity: ActivityJson | undefined;
}

/** A dead letter, on its topic or in the store. */
export interface TopicLetter {
  /** `partition:offset` of the original record. */
  readonly origin: string;
  readonly code: string;
  /** A digest of key, value and headers, as in `LoggedRecord`. */
  readonly digest: string;
}

/** A dead letter in the store. */
export interface Letter extends TopicLetter {
  readonly reason: string;
}
