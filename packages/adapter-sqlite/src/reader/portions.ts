import type { SQLInputValue } from 'node:sqlite';
import type { Order, Position, Span } from '../protocol/branches.ts';
import type { RowConditions, SetConditions } from '../protocol/row-conditions.ts';
import { type Branch, fromBranch, type Shape } from '../protocol/shapes.ts';
import type { Prepare } from '../protocol/statements.ts';

/** The connection of a thread that reads. */
export interface Reader {
  readonly prepare: Prepare;
  readonly setConditions: SetConditions;
}

/** The number of index keys, or of table rows, that one step reads. A step takes a few milliseconds; with the largest metadata, 25 ms. */
export const portionRows = { ofIndex: 5000, ofTable: 250 } as const;

/** Consecutive rows of a branch, in the order of the query: the rows after `start`, up to and including `end`. */
export interface Portion {
  readonly start: Position;
  readonly end: Position;
  /** The number of rows. Undefined for the last portion, which is smaller than the others. */
  readonly rows: number | undefined;
}

/** Returns the SQL condition for the rows of a portion. `portionValues` are its parameters. */
export const inPortion = (order: Order): string =>
  order === 'asc'
    ? '(created_at, id) > (?, ?) AND (created_at, id) <= (?, ?)'
    : '(created_at, id) < (?, ?) AND (created_at, id) >= (?, ?)';

export const portionValues = ({ start, end }: Portion): readonly SQLInputValue[] => [...start, ...end];

/** Returns the SQL that finds the last row of a portion. It reads only the index. */
export const portionEndSql = (shape: Shape, order: Order): string =>
  `SELECT created_at, id ${fromBranch(shape)} ${inPortion(order)}
    ORDER BY created_at ${order}, id ${order} LIMIT 1 OFFSET ?`;

/** Yields the portions of a branch, with `rows` rows each. Finds each portion on demand. No row may be at `above` or `below`. */
export function* portionsOf(
  prepare: Prepare,
  { shape, values }: Branch,
  { above, below, order }: Pick<Span, 'above' | 'below' | 'order'>,
  rows: number,
): Iterable<Portion> {
  const endOfPortion = prepare<Position>(portionEndSql(shape, order));
  const last = order === 'asc' ? below : above;
  for (let start = order === 'asc' ? above : below; ; ) {
    const [end] = endOfPortion.all(...values, ...start, ...last, rows - 1);
    yield end === undefined ? { start, end: last, rows: undefined } : { start, end, rows };
    if (end === undefined) return;
    start = end;
  }
}

/** Yields the rows that `read` returns for each portion of a branch. The caller must end its step after each portion. */
export function* rowsByPortion<Row>(
  { prepare, setConditions }: Reader,
  branch: Branch,
  span: Pick<Span, 'above' | 'below' | 'order'>,
  conditions: RowConditions | undefined,
  read: (values: readonly SQLInputValue[]) => readonly Row[],
): Iterable<readonly Row[]> {
  for (const portion of portionsOf(prepare, branch, span, portionRows.ofTable)) {
    // Another query may have set its own conditions since the last step.
    if (conditions !== undefined) setConditions(conditions);
    yield read([...branch.values, ...portionValues(portion)]);
  }
}
