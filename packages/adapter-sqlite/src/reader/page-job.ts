import { type PageSpan, readBranches } from '../protocol/branches.ts';
import { type ActivityRow, activityColumns, activityKind } from '../protocol/rows.ts';
import { branchesOf, fromBranch, type IndexedFilter, type Shape } from '../protocol/shapes.ts';
import type { Prepare } from '../protocol/statements.ts';

/** Asks for a page of activities. */
export interface PageQuestion extends PageSpan, IndexedFilter {}

/** Returns the SQL for one branch of a page: one range of one index. */
export const branchSql = (shape: Shape, order: 'asc' | 'desc'): string =>
  `SELECT ${activityColumns} ${fromBranch(shape)} (created_at, id) > (?, ?) AND (created_at, id) < (?, ?)
    ORDER BY created_at ${order}, id ${order} LIMIT ?`;

/** Reads the first rows of all users and types in their common order. */
export function readPage(prepare: Prepare, question: PageQuestion): readonly ActivityRow[] {
  const { shape, branches } = branchesOf(question);
  return readBranches(prepare(branchSql(shape, question.order)), branches, question, activityKind);
}
