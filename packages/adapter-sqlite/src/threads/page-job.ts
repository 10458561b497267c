import { readBranches, type Span } from './branches.ts';
import { type ActivityRow, activityColumns } from './rows.ts';
import type { Prepare } from './statements.ts';

/** What a page is to hold: activities between two places (both exclusive), of these users and of these types. */
export interface PageQuestion extends Span {
  /** Empty: of all users. */
  readonly userIds: readonly string[];
  /** Empty: of all types. */
  readonly types: readonly string[];
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

/** The first rows of each user with each type, in their common order. */
export function readPage(prepare: Prepare, question: PageQuestion): readonly ActivityRow[] {
  const { userIds, types, order } = question;
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
  return readBranches<ActivityRow>(prepare(branchSql(shape, order)), branches, question, (row) => [
    row[4],
    row[0],
  ]);
}
