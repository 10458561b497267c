import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { Place, Span } from '../protocol/branches.ts';
import type { RowConditions, SetConditions } from '../protocol/row-conditions.ts';
import { fromBranch, type Shape } from '../protocol/shapes.ts';
import type { Prepare } from '../protocol/statements.ts';

/** The connection of a thread that reads. */
export interface Reader {
  readonly prepare: Prepare;
  readonly setConditions: SetConditions;
}

/**
 * The number of rows of a step: keys of an index, or rows of the table. A step takes a few milliseconds, and 25 ms for
 * rows with the largest metadata.
 */
export const portionRows = { ofIndex: 5000, ofTable: 250 } as const;

/** Rows of a branch that follow each other: those after `near` up to and with `far`, in the order of the walk. */
export interface Portion {
  readonly near: Place;
  readonly far: Place;
  /** The number of rows. Undefined for the last portion, which has fewer than a full one. */
  readonly rows: number | undefined;
}

/** Returns the SQL condition for the rows of a portion. It takes `portionValues`. */
export const inPortion = (order: 'asc' | 'desc'): string =>
  order === 'asc'
    ? '(created_at, id) > (?, ?) AND (created_at, id) <= (?, ?)'
    : '(created_at, id) < (?, ?) AND (created_at, id) >= (?, ?)';

export const portionValues = ({ near, far }: Portion): readonly SQLInputValue[] => [...near, ...far];

/** Returns the SQL that finds the last row of a portion. It reads only the index. */
export const edgeSql = (shape: Shape, order: 'asc' | 'desc'): string =>
  `SELECT created_at, id ${fromBranch(shape)} ${inPortion(order)}
    ORDER BY created_at ${order}, id ${order} LIMIT 1 OFFSET ?`;

/** One range of the index of a shape. */
export interface Branch {
  readonly shape: Shape;
  readonly values: readonly string[];
}

/**
 * Cuts the rows of a branch within a span into portions of `rows` rows, each when it is asked for. No row may be at the places
 * of the span: there is none at those of `spanOf`.
 */
export function* portionsOf(
  prepare: Prepare,
  branch: Branch,
  { above, below, order }: Pick<Span, 'above' | 'below' | 'order'>,
  rows: number,
): Generator<Portion, void, undefined> {
  const edge = prepare(edgeSql(branch.shape, order));
  const end = order === 'asc' ? below : above;
  for (let near = order === 'asc' ? above : below; ; ) {
    const [far] = edge.all(...branch.values, ...near, ...end, rows - 1) as unknown as readonly Place[];
    if (far === undefined) {
      yield { near, far: end, rows: undefined };
      return;
    }
    yield { near, far, rows };
    near = far;
  }
}

/** Yields the rows that a statement gives for each portion of a branch of the table. The caller ends its step after each. */
export function* rowsByPortion(
  { prepare, setConditions }: Reader,
  branch: Branch,
  span: Pick<Span, 'above' | 'below' | 'order'>,
  conditions: RowConditions | undefined,
  read: (values: readonly SQLInputValue[]) => readonly (readonly SQLOutputValue[])[],
): Generator<readonly (readonly SQLOutputValue[])[], void, undefined> {
  for (const portion of portionsOf(prepare, branch, span, portionRows.ofTable)) {
    // Another question may have set its own since the step before.
    if (conditions !== undefined) setConditions(conditions);
    yield read([...branch.values, ...portionValues(portion)]);
  }
}
