import type { SQLInputValue } from 'node:sqlite';
import type { Prepare } from './statements.ts';

/** A place in an order by time, then id. */
export type Place = readonly [time: number, id: string];

/** The rows between two places, both exclusive. */
export interface PlaceRange {
  readonly above: Place;
  readonly below: Place;
}

/** The first rows of a range, in an order. */
export interface Span extends PlaceRange {
  readonly order: 'asc' | 'desc';
  readonly maxRows: number;
}

/**
 * Returns the span of a time range behind a position, with one row more than `limit`. No id is empty, so a time with an empty id
 * lies just before that time.
 */
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
    maxRows: limit + 1,
  };
}

/** The rows that are read for a page. The row that exceeds `maxBytes` is the last. */
export interface PageSpan extends Span {
  readonly maxBytes: number;
}

/** Tells how rows of one kind are merged and measured. */
export interface RowKind<Row> {
  readonly placeOf: (row: Row) => Place;
  /** Estimates the bytes of a row on the page, never too many. */
  readonly bytesOf: (row: Row) => number;
}

/**
 * Returns the first rows of all branches in their common order. The statement takes the values of a branch, the two places and
 * the maximum number of rows. Each branch reads at most the rows of a page, and only those before the last row found
 * so far. SQLite's own way, `UNION ALL`, would compile up to 400 selects for each question.
 */
export function readBranches<Row>(
  statement: ReturnType<Prepare>,
  branches: readonly (readonly SQLInputValue[])[],
  span: PageSpan,
  kind: RowKind<Row>,
): readonly Row[] {
  let page: Page<Row> = { found: [], rest: span };
  for (const values of branches) {
    const { above, below, maxRows } = page.rest;
    const rows = statement.iterate(...values, ...above, ...below, maxRows) as Iterable<unknown>;
    page = withMore(page, untilFull(rows as Iterable<Row>, page.rest, kind), kind);
  }
  return page.found;
}

/** Returns the first rows, as many as a page takes. Reads no further. */
export function untilFull<Row>(
  rows: Iterable<Row>,
  { maxRows, maxBytes }: Pick<PageSpan, 'maxRows' | 'maxBytes'>,
  { bytesOf }: RowKind<Row>,
): Row[] {
  const taken: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    taken.push(row);
    bytes += bytesOf(row);
    if (taken.length === maxRows || bytes > maxBytes) break;
  }
  return taken;
}

/** The rows found so far for a page, and the span that may hold more of its rows. */
export interface Page<Row> {
  readonly found: readonly Row[];
  readonly rest: PageSpan;
}

/** Adds the rows of another branch to a page. The rest of a full page ends at its last row. */
export function withMore<Row>(
  { found, rest }: Page<Row>,
  rows: readonly Row[],
  kind: RowKind<Row>,
): Page<Row> {
  const merged = untilFull(merge(found, rows, rest.order, kind.placeOf), rest, kind);
  const last = merged.at(-1);
  const isFull = merged.length === rest.maxRows || merged.length < found.length + rows.length;
  if (last === undefined || !(isFull || bytesIn(merged, kind) > rest.maxBytes))
    return { found: merged, rest };
  const end = rest.order === 'asc' ? { below: kind.placeOf(last) } : { above: kind.placeOf(last) };
  return { found: merged, rest: { ...rest, ...end } };
}

const bytesIn = <Row>(rows: readonly Row[], { bytesOf }: RowKind<Row>): number =>
  rows.reduce((sum, row) => sum + bytesOf(row), 0);

/** Yields the rows of both lists in their common order. */
function* merge<Row>(
  lefts: readonly Row[],
  rights: readonly Row[],
  order: 'asc' | 'desc',
  placeOf: (row: Row) => Place,
): Iterable<Row> {
  let next = 0;
  for (const left of lefts) {
    for (let right = rights[next]; right !== undefined; right = rights[next]) {
      if (isBefore(placeOf(left), placeOf(right)) === (order === 'asc')) break;
      yield right;
      next += 1;
    }
    yield left;
  }
  yield* rights.slice(next);
}

/** Returns whether the first place comes first. Ids are ASCII: to compare their UTF-16 code units is to compare bytes. */
function isBefore(first: Place, second: Place): boolean {
  return first[0] === second[0] ? first[1] < second[1] : first[0] < second[0];
}
