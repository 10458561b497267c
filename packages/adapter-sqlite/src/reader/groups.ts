import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { inPortion, type Reader, rowsByPortion } from './portions.ts';
import { rowMatches } from '../protocol/row-conditions.ts';
import { branchesOf, fromBranch, type Selection, type Shape } from '../protocol/shapes.ts';
import type { Steps } from '../protocol/job-scheduler.ts';

/** The SQL expression to group rows by, and the values of its parameters. */
export interface Grouping {
  readonly expression: string;
  readonly values: readonly SQLInputValue[];
}

/** Puts all rows into one group. */
export const oneGroup: Grouping = { expression: 'NULL', values: [] };

/** Returns the SQL that counts the rows of a portion by group. */
export function groupsSql(
  shape: Shape,
  { expression }: Pick<Grouping, 'expression'>,
  hasConditions: boolean,
): string {
  const condition = hasConditions ? ` AND ${rowMatches}` : '';
  // SQLite would sort the rows for a GROUP BY even if there is only one group.
  const groupBy = expression === oneGroup.expression ? '' : ' GROUP BY 1';
  return `SELECT ${expression}, count(*) ${fromBranch(shape)} ${inPortion('asc')}${condition}${groupBy}`;
}

/** Counts activities by group. Reads each row. Ends early if there are more than `maxGroups` groups. */
export function* countGroups(
  reader: Reader,
  { conditions, ...selection }: Selection,
  grouping: Grouping,
  maxGroups: number,
): Steps<ReadonlyMap<SQLOutputValue, number>> {
  const { shape, branches } = branchesOf(selection);
  const statement = reader.prepare<readonly [SQLOutputValue, number]>(
    groupsSql(shape, grouping, conditions !== undefined),
  );
  const counts = new Map<SQLOutputValue, number>();
  const span = { ...selection, order: 'asc' } as const;
  const read = (values: readonly SQLInputValue[]) => statement.all(...grouping.values, ...values);
  for (const values of branches) {
    for (const groups of rowsByPortion(reader, { shape, values }, span, conditions, read)) {
      for (const [group, count] of groups) counts.set(group, (counts.get(group) ?? 0) + count);
      yield;
      if (counts.size > maxGroups) return counts;
    }
  }
  return counts;
}
