import type { SQLInputValue } from 'node:sqlite';
import type { Statement } from './statements.ts';

/** The sort key of a row. `time` is in milliseconds since 1970. The `id` of an activity is its key. */
export type Position = readonly [time: number, id: string];

/** The rows between two positions, both exclusive. */
export interface PositionRange {
  readonly above: Position;
  readonly below: Position;
}

export type Order = 'asc' | 'desc';

/** The first `maxRows` rows of a range, in an order. */
export interface Span extends PositionRange {
  readonly order: Order;
  readonly maxRows: number;
}

/**
 * Returns the span for a page of `limit` rows after a position. The span has one more row, to see whether there is a next page. No id
 * is empty, so a time with an empty id sorts before all rows of that time.
 */
export function spanOf(
  { from, to }: { readonly from: number | undefined; readonly to: number | undefined },
  after: Position | undefined,
  order: Order,
  limit: number,
): Span {
  const first: Position = [from ?? -Number.MAX_SAFE_INTEGER, ''];
  const last: Position = [to ?? Number.MAX_SAFE_INTEGER, ''];
  return {
    above: order === 'asc' && after !== undefined && isBefore(first, after) ? after : first,
    below: order === 'desc' && after !== undefined && isBefore(after, last) ? after : last,
    order,
    maxRows: limit + 1,
  };
}

/** The span of a page. The page ends early after the row with which it exceeds `maxBytes`. */
export interface PageSpan extends Span {
  readonly maxBytes: number;
}

/** Two functions for rows of one type: one returns their sort key, the other their size. */
export interface RowFunctions<Row> {
  readonly positionOf: (row: Row) => Position;
  /** Estimates the bytes that the row adds to a response. The estimate is never too large. */
  readonly bytesOf: (row: Row) => number;
}

/**
 * Reads a page from several branches. A branch is one range of an index. The parameters of the statement are the values of a branch, the
 * two positions and the maximum number of rows. A `UNION ALL` in SQL would be slower: SQLite would compile up to 400 selects per query.
 */
export function readBranches<Row>(
  statement: Statement<Row>,
  branches: readonly (readonly SQLInputValue[])[],
  span: PageSpan,
  functions: RowFunctions<Row>,
): readonly Row[] {
  let page: PartialPage<Row> = { rows: [], rest: span };
  for (const values of branches) {
    const { above, below, maxRows } = page.rest;
    const rows = statement.iterate(...values, ...above, ...below, maxRows);
    page = mergeIntoPage(page, takePage(rows, page.rest, functions).rows, functions);
  }
  return page.rows;
}

/** Takes rows until the page is full. Does not read any row after that. */
export function takePage<Row>(
  rows: Iterable<Row>,
  { maxRows, maxBytes }: Pick<PageSpan, 'maxRows' | 'maxBytes'>,
  { bytesOf }: RowFunctions<Row>,
): { readonly rows: readonly Row[]; readonly isFull: boolean } {
  const taken: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    taken.push(row);
    bytes += bytesOf(row);
    if (taken.length === maxRows || bytes > maxBytes) return { rows: taken, isFull: true };
  }
  return { rows: taken, isFull: false };
}

/** The rows of a page from the branches read so far, and the span in which other branches may have more rows for the page. */
export interface PartialPage<Row> {
  readonly rows: readonly Row[];
  readonly rest: PageSpan;
}

/** Adds the rows of another branch to a page. If that fills the page, `rest` ends at the last row of the page. */
export function mergeIntoPage<Row>(
  page: PartialPage<Row>,
  branchRows: readonly Row[],
  functions: RowFunctions<Row>,
): PartialPage<Row> {
  const { order } = page.rest;
  const { rows, isFull } = takePage(merge(page.rows, branchRows, order, functions), page.rest, functions);
  const last = rows.at(-1);
  if (last === undefined || !isFull) return { rows, rest: page.rest };
  const end = order === 'asc' ? { below: functions.positionOf(last) } : { above: functions.positionOf(last) };
  return { rows, rest: { ...page.rest, ...end } };
}

/** Yields the rows of two sorted lists in their common order. */
function* merge<Row>(
  lefts: readonly Row[],
  rights: readonly Row[],
  order: Order,
  { positionOf }: RowFunctions<Row>,
): Iterable<Row> {
  let next = 0;
  for (const left of lefts) {
    for (let right = rights[next]; right !== undefined; right = rights[next]) {
      if (isBefore(positionOf(left), positionOf(right)) === (order === 'asc')) break;
      yield right;
      next += 1;
    }
    yield left;
  }
  yield* rights.slice(next);
}

/** Compares two positions. Ids are ASCII, so JavaScript sorts them like SQLite, which compares bytes. */
function isBefore([leftTime, leftId]: Position, [rightTime, rightId]: Position): boolean {
  return leftTime === rightTime ? leftId < rightId : leftTime < rightTime;
}
