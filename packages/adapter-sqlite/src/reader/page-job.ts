import { type PageSpan, readBranches } from '../protocol/branches.ts';
import { type ActivityRow, activityColumns, activityKind } from '../protocol/rows.ts';
import { branchesOf, fromBranch, type Shape, type Whose } from '../protocol/shapes.ts';
import type { Prepare } from '../protocol/statements.ts';

/** What a page is to hold: activities between two places (both exclusive), of these users and of these types. */
export interface PageQuestion extends PageSpan, Whose {}

/** The question about one user, one type or both, or about neither: one range of one index. */
export const branchSql = (shape: Shape, order: 'asc' | 'desc'): string =>
  `SELECT ${activityColumns} ${fromBranch(shape)} (created_at, id) > (?, ?) AND (created_at, id) < (?, ?)
    ORDER BY created_at ${order}, id ${order} LIMIT ?`;

/** The first rows of each user with each type, in their common order. */
export function readPage(prepare: Prepare, question: PageQuestion): readonly ActivityRow[] {
  const { shape, branches } = branchesOf(question);
  return readBranches(prepare(branchSql(shape, question.order)), branches, question, activityKind);
}
