import type { LogId } from './log-id.ts';

/** The position of a record on a log. It never names another record, because logs are never the same. */
export interface LogPosition {
  readonly log: LogId;
  readonly partition: number;
  readonly offset: number;
}
