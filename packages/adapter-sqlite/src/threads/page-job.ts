import { type ActivityRow, activityColumns } from './rows.ts';
import type { Prepare } from './statements.ts';

/** A place in the order of activities. */
export type Place = readonly [createdAt: number, id: string];

/** What a page is to hold: activities between two places (both exclusive), of these users and of these types. */
export interface PageQuestion {
  /** Empty: of all users. */
  readonly userIds: readonly string[];
  /** Empty: of all types. */
  readonly types: readonly string[];
  readonly above: Place;
  readonly below: Place;
  readonly order: 'asc' | 'desc';
  readonly most: number;
}

interface Shape {
  readonly equal: readonly string[];
  readonly index: string;
}

type ShapeName = 'all' | 'user' | 'type' | 'both';

const shapes: Readonly<Record<ShapeName, Shape>> = {
  all: { equal: [], index: 'activities_by_time' },
  user: { equal: ['user_id'], index: 'activities_by_user' },
  type: { equal: ['type'], index: 'activities_by_type' },
  both: { equal: ['user_id', 'type'], index: 'activities_by_user_and_type' },
};

/** The question about one user, one type or both, or about neither: one range of one index. */
export function branchSql(shape: ShapeName, order: 'asc' | 'desc'): string {
  const { equal, index } = shapes[shape];
  const conditions = [
    ...equal.map((column) => `${column} = ?`),
    '(created_at, id) > (?, ?)',
    '(created_at, id) < (?, ?)',
  ];
  // Left to itself, SQLite prefers the index of types for a user and a type, and reads the whole type.
  return `SELECT ${activityColumns} FROM activities INDEXED BY ${index} WHERE ${conditions.join(' AND ')}
    ORDER BY created_at ${order}, id ${order} LIMIT ?`;
}

/**
 * The first rows of all branches (each user with each type) in their common order. Every branch reads at most as many
 * rows as the page holds, and only such as come before the last of those that are found already. SQLite's own way,
 * `UNION ALL`, would have to compile up to 400 selects for each question.
 */
export function readPage(prepare: Prepare, question: PageQuestion): readonly ActivityRow[] {
  const { userIds, types, order, most } = question;
  const users = userIds.map((user) => [user]);
  const kinds = types.map((type) => [type]);
  const shape =
    users.length > 0 && kinds.length > 0
      ? 'both'
      : users.length > 0
        ? 'user'
        : kinds.length > 0
          ? 'type'
          : 'all';
  const branches = (users.length > 0 ? users : [[]]).flatMap((user) =>
    (kinds.length > 0 ? kinds : [[]]).map((kind) => [...user, ...kind]),
  );
  const statement = prepare(branchSql(shape, order));
  let found: ActivityRow[] = [];
  let { above, below } = question;
  for (const values of branches) {
    const rows = statement.all(...values, ...above, ...below, most) as unknown as readonly ActivityRow[];
    found = merge(found, rows, order, most);
    const last = found.length === most ? found.at(-1) : undefined;
    if (last !== undefined && order === 'asc') below = [last[4], last[0]];
    if (last !== undefined && order === 'desc') above = [last[4], last[0]];
  }
  return found;
}

function merge(
  one: readonly ActivityRow[],
  other: readonly ActivityRow[],
  order: 'asc' | 'desc',
  most: number,
): ActivityRow[] {
  const merged: ActivityRow[] = [];
  for (let left = 0, right = 0; merged.length < most; ) {
    const [first, second] = [one[left], other[right]];
    if (first === undefined && second === undefined) break;
    if (second === undefined || (first !== undefined && isBefore(first, second) === (order === 'asc'))) {
      if (first !== undefined) merged.push(first);
      left += 1;
    } else {
      merged.push(second);
      right += 1;
    }
  }
  return merged;
}

/** Ids are ASCII, so comparing their UTF-16 code units compares their bytes. */
function isBefore(one: ActivityRow, other: ActivityRow): boolean {
  return one[4] === other[4] ? one[0] < other[0] : one[4] < other[4];
}
