import { type Order, type PageSpan, readBranches } from '../protocol/branches.ts';
import { type ActivityRow, activityColumns, activityFunctions } from '../protocol/rows.ts';
import { branchesOf, fromBranch, type IndexedFilter, type Shape } from '../protocol/shapes.ts';
import type { Prepare } from '../protocol/statements.ts';

export interface PageQuery extends PageSpan, IndexedFilter {}

/** Returns the SQL for one branch of a page: one range of one index. */
export const branchSql = (shape: Shape, order: Order): string =>
  `SELECT ${activityColumns} ${fromBranch(shape)} (created_at, id) > (?, ?) AND (created_at, id) < (?, ?)
    ORDER BY created_at ${order}, id ${order} LIMIT ?`;

export function readPage(prepare: Prepare, query: PageQuery): readonly ActivityRow[] {
  const { shape, branches } = branchesOf(query);
  return readBranches(
    prepare<ActivityRow>(branchSql(shape, query.order)),
    branches,
    query,
    activityFunctions,
  );
}
