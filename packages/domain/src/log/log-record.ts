import type { ProjectId } from '../activity/project-id.ts';
import type { LogEvent } from './log-event.ts';
import type { LogId } from './log-id.ts';

/** Where a record is: its topic, log, partition and offset. */
export interface Origin {
  readonly topic: string;
  /** The log of the record. Absent for the first log of the topic. A topic that was deleted and created again has a new log. */
  readonly log?: LogId;
  readonly partition: number;
  /** Rises along a partition, possibly with gaps. At most 2^53 - 1. */
  readonly offset: number;
}

/** The event of a record, or the reason why the record can't be read. */
export type RecordContent = LogEvent | Unreadable;

/** The content of a record that is not a valid event. */
export interface Unreadable {
  readonly name: 'Unreadable';
  /** The project that the record names: `default` if it names none, and `_system` if it names an invalid one or two different ones. */
  readonly project: ProjectId;
  /** The reason, for people. It may name a field, but never contains a value. */
  readonly reason: string;
}

/** The bytes of a record as the log holds them. */
export interface RawRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** The values by header name, in the order in which the record has them. A null value becomes an empty one. */
  readonly headers: Readonly<Record<string, readonly Uint8Array[]>>;
}

/** The bytes and the origin of a record. For a replay of a dead letter, they are those of the record that became the dead letter. */
export interface OriginalRecord extends RawRecord {
  readonly origin: Origin;
}

/** A record as it is delivered to a consumer group. */
export interface LogRecord {
  /** A consumer does not know the id of its log, so it leaves `log` out. `locatedRecord` adds it. */
  readonly origin: Origin;
  /** The origin of the original record, if this one is a replay. If this record becomes a dead letter, the letter gets the same origin. */
  readonly replayOf?: Origin;
  readonly content: RecordContent;
  /** Returns the bytes unchanged. Called only if the record becomes a dead letter. */
  raw(): RawRecord;
}
