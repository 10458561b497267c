import type { ActivityLogged } from './activity-logged.ts';

/** Where on the log a record lies. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  /** Rises along a partition, with gaps at times. At most 2^53 - 1. */
  readonly offset: number;
}

/** What a record says, or why that can't be told. */
export type RecordContent = ActivityLogged | Unreadable;

/** Content that nobody can make an event of. */
export interface Unreadable {
  readonly name: 'Unreadable';
  /** Why, in a sentence for a person; may name a field, never its value. */
  readonly reason: string;
}

/** The bytes of a record as the log holds them. */
export interface RawRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** By name; a name may come several times, in this order. One without a value has an empty one. */
  readonly headers: Readonly<Record<string, readonly Uint8Array[]>>;
}

/** The bytes of a record as they first came, and where that was. */
export interface OriginalRecord extends RawRecord {
  readonly origin: Origin;
}

/** One record as a consumer group is given it. */
export interface LogRecord {
  readonly origin: Origin;
  /** Where the first copy lay, if this is a dead letter that was published again; it is judged by that. */
  readonly replayOf?: Origin;
  readonly content: RecordContent;
  /** Its bytes, unchanged; only asked for when the record goes to the dead letters. */
  raw(): RawRecord;
}
