import type { SQLInputValue } from 'node:sqlite';
import type { Place, Span } from '../protocol/branches.ts';
import { fromBranch, type Shape } from '../protocol/shapes.ts';
import type { Prepare } from '../protocol/statements.ts';

/**
 * So many rows a step looks at, a few milliseconds' work: keys of an index, or rows whose metadata or users are looked at. Of the
 * largest metadata it takes some 25 ms.
 */
export const portionRows = { ofIndex: 5000, ofTable: 250 } as const;

/** Rows of a branch that follow each other: those behind `near` up to and with `far`, in the order of the walk. */
export interface Portion {
  readonly near: Place;
  readonly far: Place;
  /** How many rows these are; undefined for the last portion, which holds fewer than were asked for. */
  readonly rows: number | undefined;
}

/** The condition that a row is of a portion; its values are `portionValues`. */
export const inPortion = (order: 'asc' | 'desc'): string =>
  order === 'asc'
    ? '(created_at, id) > (?, ?) AND (created_at, id) <= (?, ?)'
    : '(created_at, id) < (?, ?) AND (created_at, id) >= (?, ?)';

export const portionValues = ({ near, far }: Portion): readonly SQLInputValue[] => [...near, ...far];

/** The last row of a portion: found in the index alone, without looking at the rows before it. */
export const edgeSql = (shape: Shape, order: 'asc' | 'desc'): string =>
  `SELECT created_at, id ${fromBranch(shape)} ${inPortion(order)}
    ORDER BY created_at ${order}, id ${order} LIMIT 1 OFFSET ?`;

/**
 * Cuts what a branch has within a span into portions of so many rows, so that something else can be done between them. Each
 * is cut when it is asked for. The places of the span must be no row of the branch, as those of `spanOf` are none.
 */
export function* portionsOf(
  prepare: Prepare,
  branch: { readonly shape: Shape; readonly values: readonly SQLInputValue[] },
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
