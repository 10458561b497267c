import type { SQLInputValue } from 'node:sqlite';
import type { Prepare } from './statements.ts';

/** A place in an order by time, then id. */
export type Place = readonly [time: number, id: string];

/** What a page is to hold: rows between two places (both exclusive). */
export interface Span {
  readonly above: Place;
  readonly below: Place;
  readonly order: 'asc' | 'desc';
  readonly most: number;
}

/** A time range and a position as one span of places. As no id is empty, a time with an empty id lies right before it. */
export function spanOf(
  { from, to }: { readonly from: number | undefined; readonly to: number | undefined },
  after: Place | undefined,
  order: 'asc' | 'desc',
  limit: number,
): Span {
  const first: Place = [from ?? -Number.MAX_SAFE_INTEGER, ''];
  const last: Place = [to ?? Number.MAX_SAFE_INTEGER, ''];
  return {
    above: order === 'asc' && after !== undefined && isBefore(first, after) ? after : first,
    below: order === 'desc' && after !== undefined && isBefore(after, last) ? after : last,
    order,
    most: limit + 1,
  };
}

/** What is read of a page at most: the row with which it exceeds `maxBytes` is its last. */
export interface PageSpan extends Span {
  readonly maxBytes: number;
}

/** What rows of a kind are merged and counted by. */
export interface RowKind<Row> {
  readonly placeOf: (row: Row) => Place;
  /** About how many bytes it takes on the page, and never more than that. */
  readonly bytesOf: (row: Row) => number;
}

/**
 * The first rows of all branches in their common order. The statement takes the values of a branch, the two places and the
 * most rows. Every branch reads at most as many rows as the page holds, and only such as come before the last of those that
 * are found already. SQLite's own way, `UNION ALL`, would have to compile up to 400 selects for each question.
 */
export function readBranches<Row>(
  statement: ReturnType<Prepare>,
  branches: readonly (readonly SQLInputValue[])[],
  span: PageSpan,
  kind: RowKind<Row>,
): readonly Row[] {
  let page: Page<Row> = { found: [], rest: span };
  for (const values of branches) {
    const { above, below, most } = page.rest;
    const rows = statement.iterate(...values, ...above, ...below, most) as Iterable<unknown>;
    page = withMore(page, upToFull(rows as Iterable<Row>, page.rest, kind), kind);
  }
  return page.found;
}

/** The first of the rows, as many as a page takes; the others are not read. */
export function upToFull<Row>(
  rows: Iterable<Row>,
  { most, maxBytes }: Pick<PageSpan, 'most' | 'maxBytes'>,
  { bytesOf }: RowKind<Row>,
): Row[] {
  const taken: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    taken.push(row);
    bytes += bytesOf(row);
    if (taken.length === most || bytes > maxBytes) break;
  }
  return taken;
}

/** What of a page is found, and the span in which more may be that belongs to it. */
export interface Page<Row> {
  readonly found: readonly Row[];
  readonly rest: PageSpan;
}

/** The page with the rows of one more branch. Once it is full, only what comes before its last row is of interest. */
export function withMore<Row>(
  { found, rest }: Page<Row>,
  rows: readonly Row[],
  kind: RowKind<Row>,
): Page<Row> {
  const merged = upToFull(merge(found, rows, rest.order, kind.placeOf), rest, kind);
  const last = merged.at(-1);
  const isFull = merged.length === rest.most || merged.length < found.length + rows.length;
  if (last === undefined || !(isFull || bytesIn(merged, kind) > rest.maxBytes))
    return { found: merged, rest };
  const end = rest.order === 'asc' ? { below: kind.placeOf(last) } : { above: kind.placeOf(last) };
  return { found: merged, rest: { ...rest, ...end } };
}

const bytesIn = <Row>(rows: readonly Row[], { bytesOf }: RowKind<Row>): number =>
  rows.reduce((sum, row) => sum + bytesOf(row), 0);

/** The rows of both in their common order. */
function* merge<Row>(
  one: readonly Row[],
  other: readonly Row[],
  order: 'asc' | 'desc',
  placeOf: (row: Row) => Place,
): Iterable<Row> {
  let right = 0;
  for (const first of one) {
    for (let second = other[right]; second !== undefined; second = other[right]) {
      if (isBefore(placeOf(first), placeOf(second)) === (order === 'asc')) break;
      yield second;
      right += 1;
    }
    yield first;
  }
  yield* other.slice(right);
}

/** Ids are ASCII, so comparing their UTF-16 code units compares their bytes. */
function isBefore(one: Place, other: Place): boolean {
  return one[0] === other[0] ? one[1] < other[1] : one[0] < other[0];
}
