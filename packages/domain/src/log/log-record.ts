import type { ProjectId } from '../activity/project-id.ts';
import type { LogEvent } from './log-event.ts';
import type { LogId } from './log-id.ts';

/** The place of a record on the log. */
export interface Origin {
  readonly topic: string;
  /** The log of the record. Absent for the first log of the topic. A topic that was deleted and made again has another log. */
  readonly log?: LogId;
  readonly partition: number;
  /** Rises along a partition, possibly with gaps. At most 2^53 - 1. */
  readonly offset: number;
}

/** The event of a record, or the reason why the record can't be read. */
export type RecordContent = LogEvent | Unreadable;

export interface Unreadable {
  readonly name: 'Unreadable';
  /** The project that the record names, `default` without a name; `_system` if its names are invalid or contradict each other. */
  readonly project: ProjectId;
  /** The reason, for people. It may name a field, never a value. */
  readonly reason: string;
}

/** The bytes of a record as the log holds them. */
export interface RawRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** The values by header name, in their order on the record. A header without a value has an empty one. */
  readonly headers: Readonly<Record<string, readonly Uint8Array[]>>;
}

/** The bytes of a record's first copy, and its place on the log. */
export interface OriginalRecord extends RawRecord {
  readonly origin: Origin;
}

/** A record as it is delivered to a consumer group. */
export interface LogRecord {
  /** Delivered without `log`, because a consumer does not know its log. `locatedRecord` adds it. */
  readonly origin: Origin;
  /** The origin of the first copy, if this record is a replay. If this record dies, its letter gets the same origin. */
  readonly replayOf?: Origin;
  readonly content: RecordContent;
  /** Returns the bytes unchanged. Called only if the record becomes a dead letter. */
  raw(): RawRecord;
}
