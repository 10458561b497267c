import { type FeedPortionQuery, maxPageBytes } from '@user-activity/domain';
import { takePage } from '../protocol/branches.ts';
import type { Steps, TimedJob } from '../protocol/job-scheduler.ts';
import type { RowConditions } from '../protocol/row-conditions.ts';
import { rowMatches } from '../protocol/row-conditions.ts';
import { type ActivityRow, activityColumns, activityFunctions } from '../protocol/rows.ts';
import type { IndexedFilter } from '../protocol/shapes.ts';
import { portionRows, type Reader } from './portions.ts';

/** Selects activities of one partition of a log, by offset. */
export interface FeedJob extends FeedPortionQuery, IndexedFilter, TimedJob {
  readonly log: string;
  /** The range of `createdAt` in milliseconds since 1970. `to` is exclusive. */
  readonly createdAt: readonly [from: number, to: number];
  readonly conditions: RowConditions | undefined;
}

export interface FeedRows {
  readonly rows: readonly ActivityRow[];
  /** The offset at which the next read continues. */
  readonly end: number;
  /** An upper bound of the number of examined activities. */
  readonly examined: number;
}

const fromFeed = `FROM activities INDEXED BY activities_by_origin
  WHERE project = ? AND log_key = (SELECT key FROM logs WHERE id = ?) AND partition = ? AND offset >= ? AND offset < ?`;

/** SQL: skips a number of activities, and returns the offset of the next one. It reads only the index. */
export const feedEndSql = `SELECT offset ${fromFeed} ORDER BY offset LIMIT 1 OFFSET ?`;

const isOneOf = (column: string): string => `(? IS NULL OR ${column} IN (SELECT value FROM json_each(?)))`;

/** Returns the SQL for the matching activities in a range of offsets. With `hasConditions`, it tests conditions that no index serves. */
export const feedSql = (hasConditions: boolean): string =>
  `SELECT ${activityColumns} ${fromFeed} AND created_at >= ? AND created_at < ?
    AND ${isOneOf('user_id')} AND ${isOneOf('type')} ${hasConditions ? `AND ${rowMatches}` : ''} ORDER BY offset LIMIT ?`;

/** Reads matching activities in steps. Each step examines 250 activities. Ends after 4 MiB, the maximum size of a page. */
export function* readFeed({ prepare, setConditions }: Reader, job: FeedJob): Steps<FeedRows> {
  const { project, log, partition, to, max, maxExamined, createdAt, conditions } = job;
  const ends = prepare<readonly [number]>(feedEndSql);
  const matches = prepare<ActivityRow>(feedSql(conditions !== undefined));
  const users = listParameter(job.userIds);
  const types = listParameter(job.types);
  const rows: ActivityRow[] = [];
  let [from, examined, maxBytes] = [job.from, 0, maxPageBytes];
  while (from < to && examined < maxExamined) {
    const count = Math.min(portionRows.ofTable, maxExamined - examined);
    const [[end] = [to]] = ends.all(project, log, partition, from, to, count);
    // Another job may have set its own conditions since the last step.
    if (conditions !== undefined) setConditions(conditions);
    const values = [project, log, partition, from, end, ...createdAt, users, users, types, types];
    const maxRows = max - rows.length;
    const taken = takePage(matches.iterate(...values, maxRows), { maxRows, maxBytes }, activityFunctions);
    rows.push(...taken.rows);
    for (const row of taken.rows) maxBytes -= activityFunctions.bytesOf(row);
    const last = taken.isFull ? rows.at(-1)?.[9] : undefined;
    const next = typeof last === 'number' ? last + 1 : end;
    // There is at most one activity at each offset.
    examined += Math.min(count, next - from);
    from = next;
    if (taken.isFull) break;
    yield;
  }
  return { rows, end: from, examined };
}

const listParameter = (values: readonly string[]): string | null =>
  values.length === 0 ? null : JSON.stringify(values);
