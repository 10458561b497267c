/** Whose activities a question is about. */
export interface Whose {
  /** Empty: of all users. */
  readonly userIds: readonly string[];
  /** Empty: of all types. */
  readonly types: readonly string[];
}

/** One user, one type, one of each, or neither: each is served by one index of its own. */
export type Shape = 'all' | 'user' | 'type' | 'both';

/** A question cut into branches, each of which is one range of one index: the values that it takes first. */
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

/** The index that serves it. */
export const indexOf = (shape: Shape): string => sources[shape].index;

/**
 * Where a branch is read from, up to and with its values; a condition on its places follows. Left to itself, SQLite prefers
 * the index of types for a user and a type, and reads the whole type.
 */
export function fromBranch(shape: Shape): string {
  const { index, equal } = sources[shape];
  return `FROM activities INDEXED BY ${index} WHERE ${equal}`;
}

/** Every user with every type. */
export function branchesOf({ userIds, types }: Whose): Branches {
  const users = userIds.length > 0 ? userIds.map((user) => [user]) : [[]];
  const kinds = types.length > 0 ? types.map((type) => [type]) : [[]];
  const branches = users.flatMap((user) => kinds.map((kind) => [...user, ...kind]));
  if (userIds.length > 0) return { shape: types.length > 0 ? 'both' : 'user', branches };
  return { shape: types.length > 0 ? 'type' : 'all', branches };
}
