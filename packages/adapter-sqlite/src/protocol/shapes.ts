import type { PlaceRange } from './branches.ts';
import type { RowConditions } from './row-conditions.ts';

/** The part of a filter that indexes serve. */
export interface IndexedFilter {
  /** Empty: all users. */
  readonly userIds: readonly string[];
  /** Empty: all types. */
  readonly types: readonly string[];
}

/** The activities that a question is about. */
export interface Selection extends IndexedFilter, PlaceRange {
  readonly conditions: RowConditions | undefined;
}

/** One user, one type, one of each, or neither: each shape has an index of its own. */
export type Shape = 'all' | 'user' | 'type' | 'both';

/** The branches of a question: each is one range of one index, and has the values with which that range begins. */
interface Branches {
  readonly shape: Shape;
  readonly branches: readonly (readonly string[])[];
}

const sources: Readonly<Record<Shape, { readonly index: string; readonly equal: string }>> = {
  all: { index: 'activities_by_time', equal: '' },
  user: { index: 'activities_by_user', equal: 'user_id = ? AND ' },
  type: { index: 'activities_by_type', equal: 'type = ? AND ' },
  both: { index: 'activities_by_user_and_type', equal: 'user_id = ? AND type = ? AND ' },
};

/** Returns the name of the shape's index. */
export const indexFor = (shape: Shape): string => sources[shape].index;

/**
 * Returns the SQL that reads a branch, up to and with its values; a condition on places follows. The index is named because SQLite
 * would take that of types for a user and a type, and read the whole type.
 */
export function fromBranch(shape: Shape): string {
  const { index, equal } = sources[shape];
  return `FROM activities INDEXED BY ${index} WHERE ${equal}`;
}

/** Pairs every user with every type. */
export function branchesOf({ userIds, types }: IndexedFilter): Branches {
  const users = userIds.length > 0 ? userIds.map((user) => [user]) : [[]];
  const kinds = types.length > 0 ? types.map((type) => [type]) : [[]];
  const branches = users.flatMap((user) => kinds.map((kind) => [...user, ...kind]));
  if (userIds.length > 0) return { shape: types.length > 0 ? 'both' : 'user', branches };
  return { shape: types.length > 0 ? 'type' : 'all', branches };
}
