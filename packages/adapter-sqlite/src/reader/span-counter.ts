import type { Place, PlaceRange } from '../protocol/branches.ts';
import { groupsSql } from './groups.ts';
import { inPortion, type Portion, portionRows, portionsOf, portionValues } from './portions.ts';
import { fromBranch, type Shape } from '../protocol/shapes.ts';
import { beginOf, groupingBySlot, slotAt, slotExpression, slotOf, type Slots } from './slots.ts';
import type { Prepare } from '../protocol/statements.ts';
import type { Steps } from '../protocol/turns.ts';

/** The number of rows that are sorted into slots at a time. */
const sortedRows = 500;
/** The cost of a statement besides its rows, in keys. */
const statementRows = 50;

/** Returns the SQL that counts the rows of a portion up to a limit. It reads only the index. */
export const countUpToSql = (shape: Shape): string =>
  `SELECT count(*) FROM (SELECT 1 ${fromBranch(shape)} ${inPortion('asc')} LIMIT ?)`;

/** Counts the rows of branches of one shape in steps, in the keys of their index. */
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

  /** Counts the rows of a branch. Several small counts may share a step. */
  *count(values: readonly string[], range: PlaceRange): Steps<number> {
    const maxRows = this.#stepRows;
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
    this.#done += count + statementRows;
    return count;
  }

  /**
   * Counts the rows of a branch by slot. It sorts a few rows into slots, then counts the rest of the last slot, so neither many rows
   * nor many slots take long. Ends early with more than `maxSlots` slots.
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
      const [portion] = this.#portions(values, { above: place, below }, sortedRows);
      if (portion === undefined) break;
      for (const [value, count] of this.#slots.all(
        ...grouping.values,
        ...values,
        ...portionValues(portion),
      )) {
        counts.set(slotOf(value, slots), Number(count));
        this.#done += 4 * Number(count);
      }
      this.#done += 2 * statementRows;
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
    if (this.#done < this.#stepRows) return false;
    this.#done = 0;
    return true;
  }
}
