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

/**
 * The first rows of all branches in their common order. The statement takes the values of a branch, the two places and the
 * most rows. Every branch reads at most as many rows as the page holds, and only such as come before the last of those that
 * are found already. SQLite's own way, `UNION ALL`, would have to compile up to 400 selects for each question.
 */
export function readBranches<Row>(
  statement: ReturnType<Prepare>,
  branches: readonly (readonly SQLInputValue[])[],
  span: Span,
  placeOf: (row: Row) => Place,
): readonly Row[] {
  let page: Page<Row> = { found: [], rest: span };
  for (const values of branches) {
    const { above, below, most } = page.rest;
    page = withMore(
      page,
      statement.all(...values, ...above, ...below, most) as unknown as readonly Row[],
      placeOf,
    );
  }
  return page.found;
}

/** What of a page is found, and the span in which more may be that belongs to it. */
export interface Page<Row> {
  readonly found: readonly Row[];
  readonly rest: Span;
}

/** The page with the rows of one more branch. Once it is full, only what comes before its last row is of interest. */
export function withMore<Row>(
  { found, rest }: Page<Row>,
  rows: readonly Row[],
  placeOf: (row: Row) => Place,
): Page<Row> {
  const merged = merge(found, rows, rest.order, rest.most, placeOf);
  const last = merged.length === rest.most ? merged.at(-1) : undefined;
  if (last === undefined) return { found: merged, rest };
  const end = rest.order === 'asc' ? { below: placeOf(last) } : { above: placeOf(last) };
  return { found: merged, rest: { ...rest, ...end } };
}

function merge<Row>(
  one: readonly Row[],
  other: readonly Row[],
  order: 'asc' | 'desc',
  most: number,
  placeOf: (row: Row) => Place,
): Row[] {
  const merged: Row[] = [];
  for (let left = 0, right = 0; merged.length < most; ) {
    const [first, second] = [one[left], other[right]];
    if (first === undefined && second === undefined) break;
    if (
      second === undefined ||
      (first !== undefined && isBefore(placeOf(first), placeOf(second)) === (order === 'asc'))
    ) {
      if (first !== undefined) merged.push(first);
      left += 1;
    } else {
      merged.push(second);
      right += 1;
    }
  }
  return merged;
}

/** Ids are ASCII, so comparing their UTF-16 code units compares their bytes. */
function isBefore(one: Place, other: Place): boolean {
  return one[0] === other[0] ? one[1] < other[1] : one[0] < other[0];
}
