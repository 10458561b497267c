import type { Position, PositionRange } from '../protocol/branches.ts';
import { groupsSql } from './groups.ts';
import { inPortion, type Portion, portionRows, portionsOf, portionValues } from './portions.ts';
import { fromBranch, type Shape } from '../protocol/shapes.ts';
import { groupingBySlot, slotAt, slotExpression, slotFromSql, type Slots, startOfSlot } from './slots.ts';
import type { Prepare, Statement } from '../protocol/statements.ts';
import type { Steps } from '../protocol/job-scheduler.ts';

/** The number of rows that one statement groups into slots. */
const rowsPerGrouping = 500;
/** The fixed cost of a statement, as the number of index keys that SQLite reads in the same time. */
const statementCost = 50;

/** Returns the SQL that counts the rows of a portion up to a limit. It reads only the index. */
export const countUpToSql = (shape: Shape): string =>
  `SELECT count(*) FROM (SELECT 1 ${fromBranch(shape)} ${inPortion('asc')} LIMIT ?)`;

/** Counts the rows of branches of one shape, in steps. Reads only the index. */
export class SpanCounter {
  readonly #prepare: Prepare;
  readonly #shape: Shape;
  readonly #maxRowsPerStep: number;
  readonly #count: Statement<readonly [number]>;
  readonly #slots: Statement<readonly [number, number]>;
  /** The cost of the current step, as a number of index keys. */
  #costOfStep = 0;

  constructor(prepare: Prepare, shape: Shape, maxRowsPerStep: number = portionRows.ofIndex) {
    this.#prepare = prepare;
    this.#shape = shape;
    this.#maxRowsPerStep = maxRowsPerStep;
    this.#count = prepare(countUpToSql(shape));
    this.#slots = prepare(groupsSql(shape, { expression: slotExpression }, false));
  }

  /** Counts the rows of a branch. Yields only when the step is over, so several small counts can share a step. */
  *count(values: readonly string[], range: PositionRange): Steps<number> {
    const maxRows = this.#maxRowsPerStep;
    const firstCount = this.countUpTo(maxRows, values, range);
    if (this.#isStepOver()) yield;
    if (firstCount < maxRows) return firstCount;
    let total = 0;
    for (const { start, end, rows } of this.#portions(values, range, maxRows)) {
      total += rows ?? this.countUpTo(maxRows, values, { above: start, below: end });
      yield;
    }
    return total;
  }

  /** Counts the rows of a branch, up to `maxRows`, without ending the step. */
  countUpTo(maxRows: number, values: readonly string[], { above, below }: PositionRange): number {
    const count = Number(this.#count.all(...values, ...above, ...below, maxRows)[0]?.[0]);
    this.#costOfStep += count + statementCost;
    return count;
  }

  /**
   * Counts the rows of a branch by slot. Alternates between two statements: one groups a few rows into slots, the other counts all
   * rows of the last slot. This is fast for many rows in one slot, and for many slots. Ends early if there are more than `maxSlots`
   * slots.
   */
  *countBySlot(
    values: readonly string[],
    { above, below }: PositionRange,
    slots: Slots,
    maxSlots: number,
  ): Steps<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    const grouping = groupingBySlot(slots);
    for (let start = above; start[0] < below[0] && counts.size <= maxSlots; ) {
      const [portion] = this.#portions(values, { above: start, below }, rowsPerGrouping);
      if (portion === undefined) break;
      const parameters = [...grouping.values, ...values, ...portionValues(portion)];
      for (const [value, count] of this.#slots.all(...parameters)) {
        counts.set(slotFromSql(value, slots.unitMs), count);
        this.#costOfStep += 4 * count;
      }
      this.#costOfStep += 2 * statementCost;
      if (portion.rows === undefined) break;
      const last = slotAt(portion.end[0], slots);
      const slotStart: Position = [Math.max(start[0], startOfSlot(last, slots)), ''];
      const slotEnd: Position = [Math.min(below[0], startOfSlot(last + 1, slots)), ''];
      counts.set(last, yield* this.count(values, { above: slotStart, below: slotEnd }));
      start = slotEnd;
    }
    // Without this, a query with many branches or offsets that have few rows would be one long step.
    if (this.#isStepOver()) yield;
    return counts;
  }

  #portions(values: readonly string[], range: PositionRange, rows: number): Iterable<Portion> {
    return portionsOf(this.#prepare, { shape: this.#shape, values }, { ...range, order: 'asc' }, rows);
  }

  /** Returns whether the step has reached its maximum cost. If so, resets the cost for the next step. */
  #isStepOver(): boolean {
    if (this.#costOfStep < this.#maxRowsPerStep) return false;
    this.#costOfStep = 0;
    return true;
  }
}
