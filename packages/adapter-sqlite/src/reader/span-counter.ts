import type { Place } from '../protocol/branches.ts';
import type { Between } from '../protocol/count-question.ts';
import { groupsSql } from './groups.ts';
import { inPortion, type Portion, portionRows, portionsOf, portionValues } from './portions.ts';
import { fromBranch, type Shape } from '../protocol/shapes.ts';
import { beginOf, groupingBySlot, slotAt, slotExpression, slotOf, type Slots } from './slots.ts';
import type { Prepare } from '../protocol/statements.ts';
import type { Steps } from '../protocol/turns.ts';

/** So many rows are sorted into slots at a time. */
const mostSorted = 500;
/** What a statement costs beside, in keys. */
const statementRows = 50;

/** How many rows a portion has, counted up to a limit: in the index alone. */
export const countUpToSql = (shape: Shape): string =>
  `SELECT count(*) FROM (SELECT 1 ${fromBranch(shape)} ${inPortion('asc')} LIMIT ?)`;

/** Counts rows of the branches of one shape in the keys of their index, in steps. */
export class SpanCounter {
  readonly #prepare: Prepare;
  readonly #shape: Shape;
  readonly #stepRows: number;
  readonly #count: ReturnType<Prepare>;
  readonly #slots: ReturnType<Prepare>;
  /** The work since the last step, in keys. */
  #done = 0;

  constructor(prepare: Prepare, shape: Shape, rows: number = portionRows.ofIndex) {
    this.#prepare = prepare;
    this.#shape = shape;
    this.#stepRows = rows;
    this.#count = prepare(countUpToSql(shape));
    this.#slots = prepare(groupsSql(shape, { expression: slotExpression }, false));
  }

  /** The rows of a branch. Many small ones may be counted in one step. */
  *count(values: readonly string[], span: Between): Steps<number> {
    const most = this.#stepRows;
    const few = this.countUpTo(most, values, span);
    if (this.#isStep()) yield;
    if (few < most) return few;
    let count = 0;
    for (const { near, far, rows } of this.#portions(values, span, most)) {
      count += rows ?? this.countUpTo(most, values, { above: near, below: far });
      yield;
    }
    return count;
  }

  /** At most so many of them. */
  countUpTo(most: number, values: readonly string[], { above, below }: Between): number {
    const count = Number(this.#count.all(...values, ...above, ...below, most)[0]?.[0]);
    this.#done += count + statementRows;
    return count;
  }

  /**
   * The rows of a branch by their slot. A few rows are sorted into their slots, and the last slot, which may go on behind them,
   * is counted: so neither many rows nor many slots take long. It ends early once there are more than `most` slots.
   */
  *countBySlot(
    values: readonly string[],
    { above, below }: Between,
    slots: Slots,
    most: number,
  ): Steps<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    const grouping = groupingBySlot(slots);
    for (let place = above; place[0] < below[0]; ) {
      const [portion] = this.#portions(values, { above: place, below }, mostSorted);
      if (portion === undefined) break;
      for (const [told, count] of this.#slots.all(...grouping.values, ...values, ...portionValues(portion))) {
        counts.set(slotOf(told, slots), Number(count));
        this.#done += 4 * Number(count);
      }
      this.#done += 2 * statementRows;
      if (portion.rows === undefined) break;
      const last = slotAt(portion.far[0], slots);
      const begin: Place = [Math.max(place[0], beginOf(last, slots)), ''];
      const end: Place = [Math.min(below[0], beginOf(last + 1, slots)), ''];
      counts.set(last, yield* this.count(values, { above: begin, below: end }));
      if (counts.size > most) break;
      place = end;
    }
    // Of many branches and offsets each may have little.
    if (this.#isStep()) yield;
    return counts;
  }

  #portions(values: readonly string[], span: Between, rows: number): Iterable<Portion> {
    return portionsOf(this.#prepare, { shape: this.#shape, values }, { ...span, order: 'asc' }, rows);
  }

  #isStep(): boolean {
    if (this.#done < this.#stepRows) return false;
    this.#done = 0;
    return true;
  }
}
