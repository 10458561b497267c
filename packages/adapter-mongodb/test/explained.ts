import type { FindCursor } from 'mongodb';

/** How MongoDB answers a question, and how many documents it looks at. */
export async function explained(
  cursor: Pick<FindCursor, 'explain'>,
): Promise<{ readonly plan: string; readonly examined: number }> {
  const answer: unknown = await cursor.explain('executionStats');
  const { queryPlanner, executionStats } = answer as {
    queryPlanner: { winningPlan: unknown };
    executionStats: { totalDocsExamined: number };
  };
  return { plan: JSON.stringify(queryPlanner.winningPlan), examined: executionStats.totalDocsExamined };
}
