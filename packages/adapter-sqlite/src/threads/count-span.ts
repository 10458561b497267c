import { type ShapeName, shapes } from './page-job.ts';
import type { Prepare } from './statements.ts';

/** Rows from a time on (inclusive) to another (exclusive). */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** The question would have to go on longer than it may. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** SQLite can't be interrupted: so many keys of an index are some 10 ms, and then the clock is looked at. */
const mostRows = 200_000;

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

/** The place of a row so many behind the first. */
export const placeSql = (shape: ShapeName): string =>
  `SELECT created_at, id FROM activities INDEXED BY ${shapes[shape].index} WHERE ${behind(shape)}
    ORDER BY created_at, id LIMIT 1 OFFSET ?`;

/** Counts the rows of branches of one shape. */
export class SpanCounter {
  readonly #count: ReturnType<Prepare>;
  readonly #place: ReturnType<Prepare>;
  readonly #until: number;
  readonly #mostRows: number;

  /** `until` is a moment of `Date.now`. */
  constructor(prepare: Prepare, shape: ShapeName, until: number, most: number = mostRows) {
    this.#count = prepare(countSql(shape));
    this.#place = prepare(placeSql(shape));
    this.#until = until;
    this.#mostRows = most;
  }

  /** The rows of a branch in that time, in portions; throws `OutOfTime`. */
  count(values: readonly string[], { from, to }: TimeSpan): number {
    let [time, id] = [from, ''];
    for (let count = 0; ; ) {
      const found = this.countUpTo(this.#mostRows, values, { from: time, to }, id);
      count += found;
      if (found < this.#mostRows) return count;
      const [last] = this.#place.all(...values, time, id, to, this.#mostRows - 1);
      [time, id] = [Number(last?.[0]), String(last?.[1])];
    }
  }

  /** As `count`, but at most so many. */
  countUpTo(most: number, values: readonly string[], { from, to }: TimeSpan, id = ''): number {
    if (Date.now() > this.#until) throw new OutOfTime();
    return Number(this.#count.all(...values, from, id, to, most)[0]?.[0]);
  }

  /** The time of the first row, if there is any. */
  first(values: readonly string[], { from, to }: TimeSpan): number | undefined {
    const [place] = this.#place.all(...values, from, '', to, 0);
    return place === undefined ? undefined : Number(place[0]);
  }
}
