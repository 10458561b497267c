import { type ShapeName, shapes } from './page-job.ts';
import type { Prepare } from './statements.ts';
import type { Steps } from './steps.ts';

/** Rows from a time on (inclusive) to another (exclusive). */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** The keys of an index that a step looks at: one to two milliseconds' work. */
const stepRows = 20_000;
/** So many rows are sorted into slots at a time. */
const mostSorted = 500;
/** What a statement costs beside, in keys. */
const statementRows = 50;

/** The values of the equal columns, a place, and a time: what comes behind the place and before the time. */
const behind = (shape: ShapeName): string =>
  [
    ...shapes[shape].equal.map((column) => `${column} = ?`),
    '(created_at, id) > (?, ?)',
    'created_at < ?',
  ].join(' AND ');

/** How many rows there are, counted up to a limit: in the index alone. */
export const countSql = (shape: ShapeName): string =>
  `SELECT count(*) FROM (SELECT 1 FROM activities INDEXED BY ${shapes[shape].index} WHERE ${behind(shape)} LIMIT ?)`;

/** The first rows by their slot, of which a base and a unit are given: more cost for each row than a count, and less for each slot. */
export const slotsSql = (shape: ShapeName): string =>
  `SELECT (created_at - ?) / ? AS slot, count(*)
    FROM (SELECT created_at FROM activities INDEXED BY ${shapes[shape].index} WHERE ${behind(shape)}
      ORDER BY created_at, id LIMIT ?)
    GROUP BY slot ORDER BY slot`;

/** The place of the row that is so many behind the first. */
export const placeSql = (shape: ShapeName): string =>
  `SELECT created_at, id FROM activities INDEXED BY ${shapes[shape].index} WHERE ${behind(shape)}
    ORDER BY created_at, id LIMIT 1 OFFSET ?`;

/** Counts rows of the branches of one shape, in steps. */
export class SpanCounter {
  readonly #count: ReturnType<Prepare>;
  readonly #place: ReturnType<Prepare>;
  readonly #slots: ReturnType<Prepare>;
  readonly #stepRows: number;
  /** The work since the last step, in keys. */
  #done = 0;

  constructor(prepare: Prepare, shape: ShapeName, rows: number = stepRows) {
    this.#count = prepare(countSql(shape));
    this.#place = prepare(placeSql(shape));
    this.#slots = prepare(slotsSql(shape));
    this.#stepRows = rows;
  }

  /** The rows of a branch in that time. Many small ones may be counted in one step. */
  *count(values: readonly string[], { from, to }: TimeSpan): Steps<number> {
    const most = this.#stepRows;
    const few = this.countUpTo(most, values, { from, to });
    if (this.#isStep()) yield;
    if (few < most) return few;
    let [time, id] = [from, ''];
    for (let count = 0; ; count += most) {
      const [last] = this.#place.all(...values, time, id, to, most - 1);
      yield;
      if (last === undefined) return count + this.countUpTo(most, values, { from: time, to }, id);
      [time, id] = [Number(last[0]), String(last[1])];
    }
  }

  /** At most so many of them. */
  countUpTo(most: number, values: readonly string[], { from, to }: TimeSpan, id = ''): number {
    const count = Number(this.#count.all(...values, from, id, to, most)[0]?.[0]);
    this.#done += count + statementRows;
    return count;
  }

  /**
   * The rows of a branch in that time by their slot, floor((created_at + offset) / unit). A few rows are sorted into their slots,
   * and the last slot, which may go on behind them, is counted: so neither many rows nor many slots take long.
   */
  *countBySlot(
    values: readonly string[],
    { from, to }: TimeSpan,
    { unitMs, offsetMs }: { readonly unitMs: number; readonly offsetMs: number },
  ): Steps<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    // Far before any row, as SQLite's division cuts off. Its integers are JavaScript's big ones.
    const firstSlot = Math.floor(-1e14 / unitMs);
    const [base, unit] = [BigInt(firstSlot * unitMs - offsetMs), BigInt(unitMs)];
    for (let at = from; at < to; ) {
      const found = this.#slots.all(base, unit, ...values, at, '', to, mostSorted);
      let rows = 0;
      let last = firstSlot;
      for (const [index, count] of found) {
        last = firstSlot + Number(index);
        counts.set(last, Number(count));
        rows += Number(count);
      }
      this.#done += 4 * rows + statementRows;
      if (rows < mostSorted) break;
      const begin = Math.max(at, last * unitMs - offsetMs);
      at = Math.min(to, (last + 1) * unitMs - offsetMs);
      counts.set(last, yield* this.count(values, { from: begin, to: at }));
    }
    return counts;
  }

  #isStep(): boolean {
    if (this.#done < this.#stepRows) return false;
    this.#done = 0;
    return true;
  }
}
