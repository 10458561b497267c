import type { PositionRange } from './branches.ts';
import type { RowConditions } from './row-conditions.ts';

/** The part of a filter that indexes serve. An empty list matches all values. */
export interface IndexedFilter {
  readonly project: string;
  readonly userIds: readonly string[];
  readonly types: readonly string[];
}

/** The activities that a query reads or counts. */
export interface Selection extends IndexedFilter, PositionRange {
  readonly conditions: RowConditions | undefined;
}

/** The fields besides the project that a filter has values for: none, user, type, or both. Each shape has an index. */
export type Shape = 'all' | 'user' | 'type' | 'both';

/** One range of the index of a shape. `values` are the project, and the user and the type if the shape has them. */
export interface Branch {
  readonly shape: Shape;
  readonly values: readonly string[];
}

const sources: Readonly<Record<Shape, { readonly index: string; readonly equal: string }>> = {
  all: { index: 'activities_by_time', equal: 'project = ? AND ' },
  user: { index: 'activities_by_user', equal: 'project = ? AND user_id = ? AND ' },
  type: { index: 'activities_by_type', equal: 'project = ? AND type = ? AND ' },
  both: { index: 'activities_by_user_and_type', equal: 'project = ? AND user_id = ? AND type = ? AND ' },
};

export const indexFor = (shape: Shape): string => sources[shape].index;

/**
 * Returns the start of the SQL that reads a branch. A condition on positions must follow. The SQL names the index: otherwise SQLite would
 * choose the index of types for a user and a type, and read all activities of the type.
 */
export function fromBranch(shape: Shape): string {
  const { index, equal } = sources[shape];
  return `FROM activities INDEXED BY ${index} WHERE ${equal}`;
}

/** Returns the shape of a filter, and the values of a branch for each pair of a user and a type. */
export function branchesOf({ project, userIds, types }: IndexedFilter) {
  const branches = singleValueLists(userIds).flatMap((user) =>
    singleValueLists(types).map((type) => [project, ...user, ...type]),
  );
  const shapeOfTypes: Shape = types.length > 0 ? 'type' : 'all';
  const shapeOfUsers: Shape = types.length > 0 ? 'both' : 'user';
  return { shape: userIds.length > 0 ? shapeOfUsers : shapeOfTypes, branches };
}

/** Wraps each value in a list of its own. Returns one empty list if there are no values. */
export const singleValueLists = (values: readonly string[]): readonly (readonly string[])[] =>
  values.length > 0 ? values.map((value) => [value]) : [[]];
