import type { Place } from '../protocol/branches.ts';
import type { Between, CountQuestion } from '../protocol/count-question.ts';
import { countGroups } from './groups.ts';
import type { SetTest } from './metadata-test.ts';
import { branchesOf, indexOf, type Shape } from '../protocol/shapes.ts';
import { groupingBySlot, slotOf } from './slots.ts';
import { SpanCounter } from './span-counter.ts';
import type { Prepare } from '../protocol/statements.ts';
import type { Steps } from '../protocol/turns.ts';

/** Rows by their type or user. */
export interface KeyQuestion extends CountQuestion {
  readonly field: 'type' | 'userId';
  /** The most keys that are told. */
  readonly most: number;
}

/** Rows by the slot of time that they are in: floor((created_at + offset) / unit), by the offset of their segment. */
export interface SlotQuestion extends CountQuestion {
  /** The most slots that are told. */
  readonly most: number;
  readonly unitMs: number;
  readonly offsets: readonly { readonly from: number; readonly offsetMs: number }[];
}

export type KeyRow = readonly [key: string, count: number];
export type SlotRow = readonly [segment: number, slot: number, count: number];

/** So few rows of a user each are read sooner than a large number of users is asked for theirs. */
const fewRows = 20_000;

const columns = { type: 'type', userId: 'user_id' } as const;

/** The next type or user behind a value, of all or of one user. */
export function nextKeySql(field: KeyQuestion['field'], ofOneUser: boolean): string {
  const column = columns[field];
  const index = indexOf(field === 'userId' ? 'user' : ofOneUser ? 'both' : 'type');
  return `SELECT ${column} FROM activities INDEXED BY ${index}
    WHERE ${ofOneUser ? 'user_id = ? AND ' : ''}${column} > ? ORDER BY ${column} LIMIT 1`;
}

/** Each type or user with its rows, unless these are too many. */
export function* countByKey(
  prepare: Prepare,
  setTest: SetTest,
  question: KeyQuestion,
): Steps<readonly KeyRow[] | 'too-many'> {
  const { field, most } = question;
  const byRow = question.metadata.length > 0 || isOfFewRows(prepare, question);
  const counts = byRow
    ? yield* countGroups(prepare, setTest, question, { expression: columns[field], values: [] }, most)
    : yield* countInIndex(prepare, question);
  return counts.size > most ? 'too-many' : [...counts].map(([key, count]) => [String(key), count]);
}

/** Whether users are asked for, of whom there may be many more than there are rows. */
function isOfFewRows(prepare: Prepare, question: KeyQuestion): boolean {
  if (question.field !== 'userId' || question.userIds.length > 0) return false;
  const { shape, branches } = branchesOf(question);
  const counter = new SpanCounter(prepare, shape);
  let rows = 0;
  return branches.every((values) => {
    rows += counter.countUpTo(fewRows, values, question);
    return rows < fewRows;
  });
}

/** Goes from key to key in an index and counts there. */
function* countInIndex(prepare: Prepare, question: KeyQuestion): Steps<ReadonlyMap<string, number>> {
  const counter = new SpanCounter(prepare, shapeOf(question));
  const counts = new Map<string, number>();
  for (const [key, values] of keyBranches(prepare, question)) {
    const count = yield* counter.count(values, question);
    if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
    if (counts.size > question.most) break;
  }
  return counts;
}

/** The field that is counted by is bound in every branch. */
function shapeOf({ field, userIds, types }: KeyQuestion): Shape {
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

/** Each slot with its rows, unless these are too many. */
export function* countBySlot(
  prepare: Prepare,
  setTest: SetTest,
  question: SlotQuestion,
): Steps<readonly SlotRow[] | 'too-many'> {
  const { unitMs, offsets, metadata, most } = question;
  const { shape, branches } = branchesOf(question);
  const counter = new SpanCounter(prepare, shape);
  const rows: SlotRow[] = [];
  for (const [segment, { offsetMs }] of offsets.entries()) {
    const slots = { unitMs, offsetMs };
    const asked = { ...question, ...segmentOf(question, segment) };
    const left = most - rows.length;
    if (metadata.length > 0) {
      const counts = yield* countGroups(prepare, setTest, asked, groupingBySlot(slots), left);
      if (counts.size > left) return 'too-many';
      for (const [told, count] of counts) rows.push([segment, slotOf(told, slots), count]);
      continue;
    }
    const counts = new Map<number, number>();
    for (const values of branches) {
      for (const [slot, count] of yield* counter.countBySlot(values, asked, slots, left))
        counts.set(slot, (counts.get(slot) ?? 0) + count);
      if (counts.size > left) return 'too-many';
    }
    for (const [slot, count] of counts) rows.push([segment, slot, count]);
  }
  return rows;
}

/** What of a question lies in a segment; its places are those right before a time. */
function segmentOf({ offsets, above, below }: SlotQuestion, segment: number): Between {
  const begin: Place = [offsets[segment]?.from ?? 0, ''];
  const end: Place = [offsets[segment + 1]?.from ?? below[0], ''];
  return {
    above: segment === 0 || begin[0] < above[0] ? above : begin,
    below: end[0] < below[0] ? end : below,
  };
}
