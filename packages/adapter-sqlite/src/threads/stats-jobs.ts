import { SpanCounter, type TimeSpan } from './span-counter.ts';
import { branchesOf, type ShapeName, shapes } from './page-job.ts';
import type { Prepare } from './statements.ts';
import type { Steps } from './steps.ts';

/** Which rows are counted, and until when (a moment of `sharedNow`) that is wanted. */
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
export function* countByKey(prepare: Prepare, question: KeyQuestion): Steps<readonly KeyRow[] | 'too-many'> {
  const few = usersOfFew(prepare, question);
  if (few !== undefined) return few.length > question.most ? 'too-many' : few;
  const counter = new SpanCounter(prepare, shapeOf(question));
  const counts = new Map<string, number>();
  for (const [key, values] of keyBranches(prepare, question)) {
    const count = yield* counter.count(values, question);
    if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
    if (counts.size > question.most) return 'too-many';
  }
  return [...counts];
}

/** The users of few rows, however many others there are; undefined where rows are not few, or something else is asked. */
function usersOfFew(prepare: Prepare, question: KeyQuestion): readonly KeyRow[] | undefined {
  if (question.field !== 'userId' || question.userIds.length > 0) return undefined;
  const { shape, branches } = branchesOf(question);
  const counter = new SpanCounter(prepare, shape);
  let rows = 0;
  for (const values of branches) {
    rows += counter.countUpTo(fewRows, values, question);
    if (rows >= fewRows) return undefined;
  }
  const counts = new Map<string, number>();
  const statement = prepare(usersSql(shape));
  for (const values of branches)
    for (const [user, count] of statement.all(...values, question.from, question.to))
      counts.set(String(user), (counts.get(String(user)) ?? 0) + Number(count));
  return [...counts];
}

/** The field that is counted by is bound in every branch. */
function shapeOf({ field, userIds, types }: KeyQuestion): ShapeName {
  if (field === 'userId') return types.length > 0 ? 'both' : 'user';
  return userIds.length > 0 ? 'both' : 'type';
}

/** The branches of every key, of which one may have several. */
function* keyBranches(
  prepare: Prepare,
  { field, userIds, types }: KeyQuestion,
): Iterable<readonly [key: string, values: readonly string[]]> {
  if (field === 'userId') {
    const kinds = types.length > 0 ? types.map((type) => [type]) : [[]];
    for (const user of userIds.length > 0 ? userIds : keysBehind(prepare, field))
      for (const kind of kinds) yield [user, [user, ...kind]];
    return;
  }
  for (const user of userIds.length > 0 ? userIds.map((one) => [one]) : [[]])
    for (const type of types.length > 0 ? types : keysBehind(prepare, field, user))
      yield [type, [...user, type]];
}

/** All users, all types, or the types of one user, one after the other. */
function* keysBehind(
  prepare: Prepare,
  field: KeyQuestion['field'],
  user: readonly string[] = [],
): Iterable<string> {
  const statement = prepare(nextKeySql(field, user.length > 0));
  for (let key = ''; ; ) {
    const [row] = statement.all(...user, key);
    if (row === undefined) return;
    key = String(row[0]);
    yield key;
  }
}

/** Each slot with its rows. */
export function* countBySlot(prepare: Prepare, question: SlotQuestion): Steps<readonly SlotRow[]> {
  const { unitMs, offsets, from, to } = question;
  const { shape, branches } = branchesOf(question);
  const counter = new SpanCounter(prepare, shape);
  const rows: SlotRow[] = [];
  for (const [segment, { from: begin, offsetMs }] of offsets.entries()) {
    const span = {
      from: segment === 0 ? from : Math.max(from, begin),
      to: Math.min(to, offsets[segment + 1]?.from ?? to),
    };
    const counts = new Map<number, number>();
    for (const values of branches)
      for (const [slot, count] of yield* counter.countBySlot(values, span, { unitMs, offsetMs }))
        counts.set(slot, (counts.get(slot) ?? 0) + count);
    for (const [slot, count] of counts) rows.push([segment, slot, count]);
  }
  return rows;
}
