/** How MongoDB executes a query. */
export interface Explained {
  /** The plan, as JSON. */
  readonly plan: string;
  /** The number of documents it examines. */
  readonly examined: number;
  /** The number of index keys it examines. */
  readonly keys: number;
}

interface Explanation {
  readonly queryPlanner: { readonly winningPlan: unknown };
  readonly executionStats: { readonly totalDocsExamined: number; readonly totalKeysExamined: number };
}

/** Executes the query of a cursor and explains it. */
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

/** Finds the explanation of the query of an aggregation. It is in the first stage, unless the query does the work of all stages. */
function explanationIn(answer: unknown): Explanation {
  const { stages } = answer as { stages?: readonly { readonly $cursor?: Explanation }[] };
  return stages?.[0]?.$cursor ?? (answer as Explanation);
}
