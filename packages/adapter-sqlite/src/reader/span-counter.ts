import type { Place, PlaceRange } from '../protocol/branches.ts';
import { groupsSql } from './groups.ts';
import { inPortion, type Portion, portionRows, portionsOf, portionValues } from './portions.ts';
import { fromBranch, type Shape } from '../protocol/shapes.ts';
import { beginOf, groupingBySlot, slotAt, slotExpression, slotOf, type Slots } from './slots.ts';
import type { Prepare } from '../protocol/statements.ts';
import type { Steps } from '../protocol/turns.ts';

/** The number of rows that one statement groups into slots. */
const rowsPerSort = 500;
/** The fixed cost of a statement, as a number of index keys that take the same time. */
const statementCost = 50;

/** Returns the SQL that counts the rows of a portion up to a limit. It reads only the index. */
export const countUpToSql = (shape: Shape): string =>
  `SELECT count(*) FROM (SELECT 1 ${fromBranch(shape)} ${inPortion('asc')} LIMIT ?)`;

/** Counts the rows of branches of one shape, in steps. Reads only the index. */
export class SpanCounter {
  readonly #prepare: Prepare;
  readonly #shape: Shape;
  readonly #maxRowsPerStep: number;
  readonly #count: ReturnType<Prepare>;
  readonly #slots: ReturnType<Prepare>;
  /** The cost of the work since the last step, as a number of index keys. */
  #costOfStep = 0;

  constructor(prepare: Prepare, shape: Shape, rows: number = portionRows.ofIndex) {
    this.#prepare = prepare;
    this.#shape = shape;
    this.#maxRowsPerStep = rows;
    this.#count = prepare(countUpToSql(shape));
    this.#slots = prepare(groupsSql(shape, { expression: slotExpression }, false));
  }

  /** Counts the rows of a branch. Several small counts may share a step. */
  *count(values: readonly string[], range: PlaceRange): Steps<number> {
    const maxRows = this.#maxRowsPerStep;
    const first = this.countUpTo(maxRows, values, range);
    if (this.#isStep()) yield;
    if (first < maxRows) return first;
    let count = 0;
    for (const { near, far, rows } of this.#portions(values, range, maxRows)) {
      count += rows ?? this.countUpTo(maxRows, values, { above: near, below: far });
      yield;
    }
    return count;
  }

  /** Counts up to `maxRows` rows, in one step. */
  countUpTo(maxRows: number, values: readonly string[], { above, below }: PlaceRange): number {
    const count = Number(this.#count.all(...values, ...above, ...below, maxRows)[0]?.[0]);
    this.#costOfStep += count + statementCost;
    return count;
  }

  /**
   * Counts the rows of a branch by slot. Alternates between two statements: one groups a few rows into slots, the other counts the
   * remaining rows of the last slot. So neither many rows nor many slots take long. Ends early with more than `maxSlots` slots.
   */
  *countBySlot(
    values: readonly string[],
    { above, below }: PlaceRange,
    slots: Slots,
    maxSlots: number,
  ): Steps<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    const grouping = groupingBySlot(slots);
    for (let place = above; place[0] < below[0]; ) {
      const [portion] = this.#portions(values, { above: place, below }, rowsPerSort);
      if (portion === undefined) break;
      for (const [value, count] of this.#slots.all(
        ...grouping.values,
        ...values,
        ...portionValues(portion),
      )) {
        counts.set(slotOf(value, slots), Number(count));
        this.#costOfStep += 4 * Number(count);
      }
      this.#costOfStep += 2 * statementCost;
      if (portion.rows === undefined) break;
      const last = slotAt(portion.far[0], slots);
      const begin: Place = [Math.max(place[0], beginOf(last, slots)), ''];
      const end: Place = [Math.min(below[0], beginOf(last + 1, slots)), ''];
      counts.set(last, yield* this.count(values, { above: begin, below: end }));
      if (counts.size > maxSlots) break;
      place = end;
    }
    // Many branches and offsets may have few rows each.
    if (this.#isStep()) yield;
    return counts;
  }

  #portions(values: readonly string[], range: PlaceRange, rows: number): Iterable<Portion> {
    return portionsOf(this.#prepare, { shape: this.#shape, values }, { ...range, order: 'asc' }, rows);
  }

  #isStep(): boolean {
    if (this.#costOfStep < this.#maxRowsPerStep) return false;
    this.#costOfStep = 0;
    return true;
  }
}
