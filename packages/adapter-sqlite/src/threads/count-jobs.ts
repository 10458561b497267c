import { OutOfTime, SpanCounter, type TimeSpan } from './count-span.ts';
import { branchesOf, type ShapeName, shapes } from './page-job.ts';
import type { Prepare } from './statements.ts';

/** Which rows are counted, and until when (a moment of `Date.now`) that is wanted. */
interface CountQuestion extends TimeSpan {
  /** Empty: of all users. */
  readonly userIds: readonly string[];
  /** Empty: of all types. */
  readonly types: readonly string[];
  readonly until: number;
}

/** Rows by their type or user. */
export interface KeyQuestion extends CountQuestion {
  readonly field: 'type' | 'userId';
  /** The most keys that are told. */
  readonly most: number;
}

/** Rows by the slot of time that they are in: floor((created_at + offset) / unit), by the offset of their segment. */
export interface SlotQuestion extends CountQuestion {
  readonly unitMs: number;
  readonly offsets: readonly { readonly from: number; readonly offsetMs: number }[];
}

export type KeyRow = readonly [key: string, count: number];
export type SlotRow = readonly [segment: number, slot: number, count: number];

/** So few rows of a user each are read sooner than a large number of users is asked for theirs. */
const fewRows = 20_000;

/** The next type or user behind a value, of all or of one user. */
export function nextKeySql(field: KeyQuestion['field'], ofOneUser: boolean): string {
  const [column, index] =
    field === 'userId'
      ? ['user_id', shapes.user.index]
      : ['type', ofOneUser ? shapes.both.index : shapes.type.index];
  return `SELECT ${column} FROM activities INDEXED BY ${index}
    WHERE ${ofOneUser ? 'user_id = ? AND ' : ''}${column} > ? ORDER BY ${column} LIMIT 1`;
}

/** The users of what lies in a time, which is read row by row. */
export const usersSql = (shape: ShapeName): string =>
  `SELECT user_id, count(*) FROM activities INDEXED BY ${shapes[shape].index}
    WHERE ${[...shapes[shape].equal, ''].join(' = ? AND ')}created_at >= ? AND created_at < ? GROUP BY user_id`;

/** Each type or user with its rows, by going from key to key in an index and counting there. */
export function countByKey(prepare: Prepare, question: KeyQuestion): readonly KeyRow[] | 'too-many' | 'late' {
  return unlessLate(() => {
    const counts = new Map<string, number>();
    for (const [key, count] of keyCounts(prepare, question)) {
      if (count === 0) continue;
      counts.set(key, (counts.get(key) ?? 0) + count);
      if (counts.size > question.most) return 'too-many';
    }
    return [...counts];
  });
}

/** The counts of keys, of which one may come several times. */
function* keyCounts(prepare: Prepare, question: KeyQuestion): Iterable<KeyRow> {
  const { field, userIds, types, until } = question;
  if (field === 'userId' && userIds.length === 0) {
    const { shape, branches } = branchesOf(question);
    const counter = new SpanCounter(prepare, shape, until);
    let rows = 0;
    for (const values of branches) rows += counter.countUpTo(fewRows, values, question);
    if (rows < fewRows) {
      for (const values of branches)
        yield* prepare(usersSql(shape)).iterate(...values, question.from, question.to) as Iterable<KeyRow>;
      return;
    }
  }
  const withTypes = field === 'type' || types.length > 0;
  const withUsers = field === 'userId' || userIds.length > 0;
  const counter = new SpanCounter(
    prepare,
    withTypes && withUsers ? 'both' : withUsers ? 'user' : 'type',
    until,
  );
  for (const user of userIds.length > 0 ? userIds : withUsers ? keysBehind(prepare, field) : [undefined]) {
    const kinds = types.length > 0 ? types : withTypes ? keysBehind(prepare, field, user) : [undefined];
    for (const type of kinds) {
      const values = [user, type].filter((value) => value !== undefined);
      yield [String(field === 'type' ? type : user), counter.count(values, question)];
    }
  }
}

/** All types or users there are, or the types of one user, one after the other. */
function* keysBehind(prepare: Prepare, field: KeyQuestion['field'], user?: string): Iterable<string> {
  const statement = prepare(nextKeySql(field, user !== undefined));
  const values = user === undefined ? [] : [user];
  for (let key = ''; ; ) {
    const [row] = statement.all(...values, key);
    if (row === undefined) return;
    key = String(row[0]);
    yield key;
  }
}

/** Each slot with its rows, by going to the first row behind a slot and counting those of its own. */
export function countBySlot(prepare: Prepare, question: SlotQuestion): readonly SlotRow[] | 'late' {
  return unlessLate(() => {
    const { unitMs, offsets, from, to, until } = question;
    const { shape, branches } = branchesOf(question);
    const counter = new SpanCounter(prepare, shape, until);
    return offsets.flatMap(({ from: begin, offsetMs }, segment) => {
      const counts = new Map<number, number>();
      const end = Math.min(to, offsets[segment + 1]?.from ?? to);
      for (const values of branches) {
        let at = segment === 0 ? from : Math.max(from, begin);
        for (;;) {
          const first = at < end ? counter.first(values, { from: at, to: end }) : undefined;
          if (first === undefined) break;
          const slot = Math.floor((first + offsetMs) / unitMs);
          at = Math.min(end, (slot + 1) * unitMs - offsetMs);
          const count = counter.count(values, { from: first, to: at });
          counts.set(slot, (counts.get(slot) ?? 0) + count);
        }
      }
      return [...counts].map(([slot, count]): SlotRow => [segment, slot, count]);
    });
  });
}

function unlessLate<Result>(count: () => Result): Result | 'late' {
  try {
    return count();
  } catch (error) {
    if (error instanceof OutOfTime) return 'late';
    throw error;
  }
}
