import type { Place, PlaceRange } from '../protocol/branches.ts';
import { countGroups } from './groups.ts';
import type { Reader } from './portions.ts';
import { branchesOf, indexFor, type Selection, type Shape } from '../protocol/shapes.ts';
import { groupingBySlot, slotOf, type Slots } from './slots.ts';
import { SpanCounter } from './span-counter.ts';
import type { Prepare } from '../protocol/statements.ts';
import type { Steps } from '../protocol/turns.ts';

/** Asks how many activities there are by type or user. */
export interface KeyQuestion extends Selection {
  readonly field: 'type' | 'userId';
  readonly maxKeys: number;
}

/** Asks how many activities there are by slot of time: floor((created_at + offset) / unit), with the offset of their segment. */
export interface SlotQuestion extends Selection {
  readonly maxSlots: number;
  readonly unitMs: number;
  readonly offsets: readonly { readonly from: number; readonly offsetMs: number }[];
}

export type KeyRow = readonly [key: string, count: number];
export type SlotRow = readonly [segment: number, slot: number, count: number];

/** Below this number of rows, it is faster to read each row than to count the rows of each user. */
const fewRows = 20_000;

const columns = { type: 'type', userId: 'user_id' } as const;

/** Returns the SQL that finds the next type or user after a value, of all activities or of one user. */
export function nextKeySql(field: KeyQuestion['field'], ofOneUser: boolean): string {
  const column = columns[field];
  const index = indexFor(field === 'userId' ? 'user' : ofOneUser ? 'both' : 'type');
  return `SELECT ${column} FROM activities INDEXED BY ${index}
    WHERE ${ofOneUser ? 'user_id = ? AND ' : ''}${column} > ? ORDER BY ${column} LIMIT 1`;
}

/** Counts activities by type or user. */
export function* countByKey(reader: Reader, question: KeyQuestion): Steps<readonly KeyRow[] | 'too-many'> {
  const { field, maxKeys } = question;
  const byRow = question.conditions !== undefined || hasFewRows(reader.prepare, question);
  const counts = byRow
    ? yield* countGroups(reader, question, { expression: columns[field], values: [] }, maxKeys)
    : yield* countInIndex(reader.prepare, question);
  return counts.size > maxKeys ? 'too-many' : [...counts].map(([key, count]) => [String(key), count]);
}

/** Returns whether the question is about all users and matches few rows. There may be many more users than matching rows. */
function hasFewRows(prepare: Prepare, question: KeyQuestion): boolean {
  if (question.field !== 'userId' || question.userIds.length > 0) return false;
  const { shape, branches } = branchesOf(question);
  const counter = new SpanCounter(prepare, shape);
  let rows = 0;
  return branches.every((values) => {
    rows += counter.countUpTo(fewRows, values, question);
    return rows < fewRows;
  });
}

/** Goes from key to key in an index and counts the rows of each. */
function* countInIndex(prepare: Prepare, question: KeyQuestion): Steps<ReadonlyMap<string, number>> {
  const counter = new SpanCounter(prepare, shapeOf(question));
  const counts = new Map<string, number>();
  for (const [key, values] of keyBranches(prepare, question)) {
    const count = yield* counter.count(values, question);
    if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
    if (counts.size > question.maxKeys) break;
  }
  return counts;
}

/** Returns the shape whose branches have a value for the counted field. */
function shapeOf({ field, userIds, types }: KeyQuestion): Shape {
  if (field === 'userId') return types.length > 0 ? 'both' : 'user';
  return userIds.length > 0 ? 'both' : 'type';
}

/**
 * Yields pairs of a counted key and the values to search in the index. A key occurs several times if the filter names several values
 * of the other field.
 */
function* keyBranches(
  prepare: Prepare,
  { field, userIds, types }: KeyQuestion,
): Iterable<readonly [key: string, values: readonly string[]]> {
  if (field === 'userId') {
    const kinds = types.length > 0 ? types.map((type) => [type]) : [[]];
    for (const user of userIds.length > 0 ? userIds : keysOf(prepare, field))
      for (const kind of kinds) yield [user, [user, ...kind]];
    return;
  }
  for (const user of userIds.length > 0 ? userIds.map((userId) => [userId]) : [[]])
    for (const type of types.length > 0 ? types : keysOf(prepare, field, user)) yield [type, [...user, type]];
}

/** Yields all users, all types, or the types of one user. */
function* keysOf(
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

/** Counts activities by slot of time. */
export function* countBySlot(reader: Reader, question: SlotQuestion): Steps<readonly SlotRow[] | 'too-many'> {
  const rows: SlotRow[] = [];
  for (const [segment, { offsetMs }] of question.offsets.entries()) {
    const maxSlots = question.maxSlots - rows.length;
    const slots = { unitMs: question.unitMs, offsetMs };
    const selection = { ...question, ...segmentOf(question, segment) };
    const counts = yield* countSlots(reader, selection, slots, maxSlots);
    if (counts.size > maxSlots) return 'too-many';
    for (const [slot, count] of counts) rows.push([segment, slot, count]);
  }
  return rows;
}

/** Counts activities by slot, with one offset. Ends early with more than `maxSlots` slots. */
function* countSlots(
  reader: Reader,
  selection: Selection,
  slots: Slots,
  maxSlots: number,
): Steps<ReadonlyMap<number, number>> {
  if (selection.conditions !== undefined) {
    const groups = yield* countGroups(reader, selection, groupingBySlot(slots), maxSlots);
    return new Map([...groups].map(([value, count]) => [slotOf(value, slots), count]));
  }
  const { shape, branches } = branchesOf(selection);
  const counter = new SpanCounter(reader.prepare, shape);
  const counts = new Map<number, number>();
  for (const values of branches) {
    for (const [slot, count] of yield* counter.countBySlot(values, selection, slots, maxSlots))
      counts.set(slot, (counts.get(slot) ?? 0) + count);
    if (counts.size > maxSlots) break;
  }
  return counts;
}

/** Returns the range of a question within a segment. Its places are just before a time. */
function segmentOf({ offsets, above, below }: SlotQuestion, segment: number): PlaceRange {
  const begin: Place = [offsets[segment]?.from ?? 0, ''];
  const end: Place = [offsets[segment + 1]?.from ?? below[0], ''];
  return {
    above: segment === 0 || begin[0] < above[0] ? above : begin,
    below: end[0] < below[0] ? end : below,
  };
}
