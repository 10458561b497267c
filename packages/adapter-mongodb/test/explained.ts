/** How MongoDB answers a question. */
export interface Explained {
  /** The plan, as JSON. */
  readonly plan: string;
  /** How many documents it looks at, and how many keys of an index. */
  readonly examined: number;
  readonly keys: number;
}

interface Explanation {
  readonly queryPlanner: { readonly winningPlan: unknown };
  readonly executionStats: { readonly totalDocsExamined: number; readonly totalKeysExamined: number };
}

export async function explained(cursor: {
  explain(verbosity: string): Promise<unknown>;
}): Promise<Explained> {
  const { queryPlanner, executionStats } = explanationIn(await cursor.explain('executionStats'));
  return {
    plan: JSON.stringify(queryPlanner.winningPlan),
    examined: executionStats.totalDocsExamined,
    keys: executionStats.totalKeysExamined,
  };
}

/** An aggregation tells of its query in the first of its stages, unless the query does all of it. */
function explanationIn(answer: unknown): Explanation {
  const { stages } = answer as { stages?: readonly { readonly $cursor?: Explanation }[] };
  return stages?.[0]?.$cursor ?? (answer as Explanation);
}
