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

/** What a question binds beside time: columns that are equal, and the index that serves it. */
interface Shape {
  readonly equal: readonly string[];
  readonly index: string;
}

export type ShapeName = 'all' | 'user' | 'type' | 'both';

export const shapes: Readonly<Record<ShapeName, Shape>> = {
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

/** One branch for each user with each type; its values are those of the equal columns of the shape. */
export function branchesOf({ userIds, types }: Pick<PageQuestion, 'userIds' | 'types'>): {
  readonly shape: ShapeName;
  readonly branches: readonly (readonly string[])[];
} {
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
  return { shape, branches };
}

/** The first rows of each user with each type, in their common order. */
export function readPage(prepare: Prepare, question: PageQuestion): readonly ActivityRow[] {
  const { shape, branches } = branchesOf(question);
  const statement = prepare(branchSql(shape, question.order));
  return readBranches<ActivityRow>(statement, branches, question, (row) => [row[4], row[0]]);
}
