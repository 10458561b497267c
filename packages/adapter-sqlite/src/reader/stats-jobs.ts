import type { KeyCount, KeyField, SlotCount } from '@user-activity/domain';
import type { Position, PositionRange } from '../protocol/branches.ts';
import { countGroups } from './groups.ts';
import type { Reader } from './portions.ts';
import { branchesOf, indexFor, singleValueLists, type Selection, type Shape } from '../protocol/shapes.ts';
import { groupingBySlot, slotFromSql, type Slots } from './slots.ts';
import { SpanCounter } from './span-counter.ts';
import type { Prepare } from '../protocol/statements.ts';
import type { Steps } from '../protocol/job-scheduler.ts';

/** A count by type or user. */
export interface KeyQuery extends Selection {
  readonly field: KeyField;
  readonly maxKeys: number;
}

/** A count by slot of time. */
export interface SlotQuery extends Selection {
  readonly maxSlots: number;
  readonly unitMs: number;
  /** The offsets of a time zone. Each applies from its time `from` until the `from` of the next offset. */
  readonly offsets: readonly { readonly from: number; readonly offsetMs: number }[];
}

/** Below this number of rows, it is faster to read each row than to count the rows of each user. */
const fewRows = 20_000;

const columns = { type: 'type', userId: 'user_id' } as const;

/** Returns the SQL that finds the first type or user that sorts after a value, in a project or among the activities of one user. */
export function nextKeySql(field: KeyField, hasUser: boolean): string {
  const column = columns[field];
  const index = indexFor(field === 'userId' ? 'user' : hasUser ? 'both' : 'type');
  return `SELECT ${column} FROM activities INDEXED BY ${index}
    WHERE project = ? AND ${hasUser ? 'user_id = ? AND ' : ''}${column} > ? ORDER BY ${column} LIMIT 1`;
}

/** Counts activities by type or user. */
export function* countByKey(reader: Reader, query: KeyQuery): Steps<readonly KeyCount[] | 'too-many'> {
  const { field, maxKeys } = query;
  const readsRows = query.conditions !== undefined || hasFewRows(reader.prepare, query);
  const counts = readsRows
    ? yield* countGroups(reader, query, { expression: columns[field], values: [] }, maxKeys)
    : yield* countInIndex(reader.prepare, query);
  return counts.size > maxKeys
    ? 'too-many'
    : [...counts].map(([key, count]) => ({ key: String(key), count }));
}

/** Returns whether the query counts by user, for all users, and matches few rows. There may be many more users than matching rows. */
function hasFewRows(prepare: Prepare, query: KeyQuery): boolean {
  if (query.field !== 'userId' || query.userIds.length > 0) return false;
  const { shape, branches } = branchesOf(query);
  const counter = new SpanCounter(prepare, shape);
  let rows = 0;
  return branches.every((values) => {
    rows += counter.countUpTo(fewRows, values, query);
    return rows < fewRows;
  });
}

/** Finds one key after another in an index, and counts the rows of each key. */
function* countInIndex(prepare: Prepare, query: KeyQuery): Steps<ReadonlyMap<string, number>> {
  const counter = new SpanCounter(prepare, shapeOf(query));
  const counts = new Map<string, number>();
  for (const [key, values] of keyBranches(prepare, query)) {
    const count = yield* counter.count(values, query);
    if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
    if (counts.size > query.maxKeys) break;
  }
  return counts;
}

/** Returns the shape whose branches have a value for the counted field. */
function shapeOf({ field, userIds, types }: KeyQuery): Shape {
  if (field === 'userId') return types.length > 0 ? 'both' : 'user';
  return userIds.length > 0 ? 'both' : 'type';
}

/**
 * Yields each counted key with the values of a branch. A key occurs several times if the filter has several values of the other
 * field.
 */
function* keyBranches(
  prepare: Prepare,
  { project, field, userIds, types }: KeyQuery,
): Iterable<readonly [key: string, values: readonly string[]]> {
  if (field === 'userId') {
    for (const user of userIds.length > 0 ? userIds : keysOf(prepare, field, [project]))
      for (const type of singleValueLists(types)) yield [user, [project, user, ...type]];
    return;
  }
  for (const user of singleValueLists(userIds)) {
    const owner = [project, ...user];
    for (const type of types.length > 0 ? types : keysOf(prepare, field, owner))
      yield [type, [...owner, type]];
  }
}

/** Yields all users, all types, or the types of one user. `owner` has the project, and the user if there is one. */
function* keysOf(prepare: Prepare, field: KeyField, owner: readonly string[]): Iterable<string> {
  const nextKey = prepare<readonly [string]>(nextKeySql(field, owner.length > 1));
  for (let key: string | undefined = ''; ; ) {
    [key] = nextKey.all(...owner, key)[0] ?? [];
    if (key === undefined) return;
    yield key;
  }
}

/** Counts activities by slot of time. */
export function* countBySlot(reader: Reader, query: SlotQuery): Steps<readonly SlotCount[] | 'too-many'> {
  const slotCounts: SlotCount[] = [];
  for (const [segment, { offsetMs }] of query.offsets.entries()) {
    const maxSlots = query.maxSlots - slotCounts.length;
    const selection = { ...query, ...segmentOf(query, segment) };
    const counts = yield* countSlots(reader, selection, { unitMs: query.unitMs, offsetMs }, maxSlots);
    if (counts.size > maxSlots) return 'too-many';
    for (const [slot, count] of counts) slotCounts.push({ segment, slot, count });
  }
  return slotCounts;
}

/** Counts activities by slot, with one offset. Ends early if there are more than `maxSlots` slots. */
function* countSlots(
  reader: Reader,
  selection: Selection,
  slots: Slots,
  maxSlots: number,
): Steps<ReadonlyMap<number, number>> {
  if (selection.conditions !== undefined) {
    const groups = yield* countGroups(reader, selection, groupingBySlot(slots), maxSlots);
    return new Map([...groups].map(([value, count]) => [slotFromSql(Number(value), slots.unitMs), count]));
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

/** Returns the part of the query's range in which the offset with the index `segment` applies. */
function segmentOf({ offsets, above, below }: SlotQuery, segment: number): PositionRange {
  const start: Position = [offsets[segment]?.from ?? 0, ''];
  const end: Position = [offsets[segment + 1]?.from ?? below[0], ''];
  return {
    above: segment === 0 || start[0] < above[0] ? above : start,
    below: end[0] < below[0] ? end : below,
  };
}
