import { type PageSpan, readBranches, type RowKind } from './branches.ts';
import { type LetterRow, letterColumns, type ListedRow } from './rows.ts';
import type { Prepare } from './statements.ts';

/** Asks for a page of dead letters. */
export interface LetterQuestion extends PageSpan {
  /** Empty: all codes. */
  readonly codes: readonly string[];
  /** The sizes in bytes above which a part is left out. */
  readonly shown: { readonly key: number; readonly value: number; readonly headers: number };
}

/** Asks for whole dead letters by their origins, as many as fit into `maxBytes`. */
export interface LettersWanted {
  readonly origins: readonly (readonly [topic: string, partition: number, offset: number])[];
  readonly maxBytes: number;
}

/** Names a dead letter to remove, if it still is the one that died at that time. */
export type LetterRemoval = readonly [topic: string, partition: number, offset: number, diedAt: number];

const atOrigin = 'topic = ? AND partition = ? AND offset = ?';
const sized = `SELECT coalesce(length(key), 0) + coalesce(length(value), 0) + octet_length(headers)
  FROM dead_letters WHERE ${atOrigin}`;
const whole = `SELECT ${letterColumns} FROM dead_letters WHERE ${atOrigin}`;
const remove = `DELETE FROM dead_letters WHERE ${atOrigin} AND died_at = ?`;

/** Returns the SQL for a page of one code or of all: one range of one index. SQLite knows a length without reading the bytes. */
export function letterPageSql(ofOneCode: boolean, order: 'asc' | 'desc'): string {
  return `SELECT id, died_at, code, reason, iif(length(key) <= ?, key, NULL), iif(length(value) <= ?, value, NULL),
      iif(octet_length(headers) <= ?, headers, NULL),
      coalesce(length(key), 0), coalesce(length(value), 0), octet_length(headers), activity_id
    FROM dead_letters INDEXED BY ${ofOneCode ? 'dead_letters_by_code' : 'dead_letters_by_time'}
    WHERE ${ofOneCode ? 'code = ? AND ' : ''}(died_at, id) > (?, ?) AND (died_at, id) < (?, ?)
    ORDER BY died_at ${order}, id ${order} LIMIT ?`;
}

/** Reads a page of dead letters. */
export function readLetters(prepare: Prepare, question: LetterQuestion): readonly ListedRow[] {
  const { codes, order, shown } = question;
  const statement = prepare(letterPageSql(codes.length > 0, order));
  const parts = [shown.key, shown.value, shown.headers];
  const branches = codes.length === 0 ? [parts] : codes.map((code) => [...parts, code]);
  return readBranches(statement, branches, question, letterKind);
}

const letterKind: RowKind<ListedRow> = {
  placeOf: ([id, diedAt]) => [diedAt, id],
  bytesOf: ([, , , reason, key, value]) => 2 * (reason.length + (key?.length ?? 0) + (value?.length ?? 0)),
};

/** Reads whole dead letters in the order of `origins`. The first is returned however large it is. */
export function readWholeLetters(
  prepare: Prepare,
  { origins, maxBytes }: LettersWanted,
): readonly LetterRow[] {
  const rows: LetterRow[] = [];
  let bytes = 0;
  for (const origin of origins) {
    const size = prepare(sized).all(...origin)[0]?.[0];
    if (size === undefined) continue;
    bytes += Number(size);
    if (bytes > maxBytes && rows.length > 0) break;
    rows.push(...(prepare(whole).all(...origin) as unknown as readonly LetterRow[]));
  }
  return rows;
}

/** SQL: the time of the latest dead letter of an activity, which is the end of one range of one index. */
export const latestLetterSql: string = `SELECT max(died_at) FROM dead_letters INDEXED BY dead_letters_by_activity WHERE activity_id = ?`;

/** Reads the time of the latest dead letter of each activity, or null if it has none. */
export function readLatestLetterTimes(prepare: Prepare, ids: readonly string[]): readonly (number | null)[] {
  const statement = prepare(latestLetterSql);
  return ids.map((id) => (statement.all(id)[0]?.[0] ?? null) as number | null);
}

/** Removes the dead letters that did not die again. */
export function removeLetters(prepare: Prepare, removals: readonly LetterRemoval[]): null {
  for (const removal of removals) prepare(remove).run(...removal);
  return null;
}
