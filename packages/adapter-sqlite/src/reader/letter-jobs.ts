import { type Order, type PageSpan, readBranches, type RowFunctions } from '../protocol/branches.ts';
import { type LetterRow, letterColumns, type ListedRow, type OriginRow } from '../protocol/rows.ts';
import type { Prepare } from '../protocol/statements.ts';

export interface LetterPageQuery extends PageSpan {
  readonly project: string;
  /** An empty list matches all codes. */
  readonly codes: readonly string[];
  /** The maximum bytes of each part that the page shows. Larger parts are left out. */
  readonly maxShown: { readonly key: number; readonly value: number; readonly headers: number };
}

export interface WholeLettersQuery {
  readonly project: string;
  readonly origins: readonly OriginRow[];
  readonly maxBytes: number;
}

const atOrigin = 'FROM dead_letters WHERE project = ? AND topic = ? AND partition = ? AND offset = ?';
/** SQL: the size of the dead letter at an origin, in bytes. Finds nothing in other projects. */
export const letterSizeSql = `SELECT coalesce(length(key), 0) + coalesce(length(value), 0) + octet_length(headers) ${atOrigin}`;
/** SQL: the whole dead letter at an origin. Finds nothing in other projects. */
export const letterSql = `SELECT ${letterColumns} ${atOrigin}`;

/** Returns the SQL for a page of one code or of all codes. It reads one range of an index. SQLite knows lengths without reading the bytes. */
export function letterPageSql(hasCode: boolean, order: Order): string {
  return `SELECT id, died_at, code, reason, iif(length(key) <= ?, key, NULL), iif(length(value) <= ?, value, NULL),
      iif(octet_length(headers) <= ?, headers, NULL),
      coalesce(length(key), 0), coalesce(length(value), 0), octet_length(headers), activity_id, project
    FROM dead_letters INDEXED BY ${hasCode ? 'dead_letters_by_code' : 'dead_letters_by_time'}
    WHERE project = ? AND ${hasCode ? 'code = ? AND ' : ''}(died_at, id) > (?, ?) AND (died_at, id) < (?, ?)
    ORDER BY died_at ${order}, id ${order} LIMIT ?`;
}

/** SQL: the time of the latest dead letter of an activity. SQLite reads only the end of one range of an index. */
export const latestLetterSql = `SELECT max(died_at) FROM dead_letters INDEXED BY dead_letters_by_activity
  WHERE project = ? AND activity_id = ?`;

const letterFunctions: RowFunctions<ListedRow> = {
  positionOf: ([id, diedAt]) => [diedAt, id],
  bytesOf: ([, , , reason, key, value]) => 2 * (reason.length + (key?.length ?? 0) + (value?.length ?? 0)),
};

/** Returns the queries for dead letters. */
export const letterJobs = (prepare: Prepare) => ({
  letterPage(query: LetterPageQuery): readonly ListedRow[] {
    const { project, codes, order, maxShown } = query;
    const statement = prepare<ListedRow>(letterPageSql(codes.length > 0, order));
    const values = [maxShown.key, maxShown.value, maxShown.headers, project];
    const branches = codes.length === 0 ? [values] : codes.map((code) => [...values, code]);
    return readBranches(statement, branches, query, letterFunctions);
  },
  /** Returns whole dead letters up to `maxBytes`, in the order of `origins`. Returns the first one whatever its size. */
  wholeLetters({ project, origins, maxBytes }: WholeLettersQuery) {
    const rows: LetterRow[] = [];
    let bytes = 0;
    for (const origin of origins) {
      const [size] = prepare<readonly [number]>(letterSizeSql).all(project, ...origin);
      if (size === undefined) continue;
      bytes += size[0];
      if (bytes > maxBytes && rows.length > 0) break;
      rows.push(...prepare<LetterRow>(letterSql).all(project, ...origin));
    }
    return rows;
  },
  /** Returns the time of the latest dead letter of each activity, or null if the activity has none. */
  latestLetterTimes: (keys: readonly (readonly [project: string, activityId: string])[]) =>
    keys.map((key) => prepare<readonly [number | null]>(latestLetterSql).all(...key)[0]?.[0] ?? null),
});
