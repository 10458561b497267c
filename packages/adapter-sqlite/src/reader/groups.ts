import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { type Reader, inPortion, rowsByPortion } from './portions.ts';
import { rowMatches } from '../protocol/row-conditions.ts';
import { branchesOf, fromBranch, type Selection, type Shape } from '../protocol/shapes.ts';
import type { Steps } from '../protocol/turns.ts';

/** An SQL expression that rows are counted by, and the values that it takes. */
export interface Grouping {
  readonly expression: string;
  readonly values: readonly SQLInputValue[];
}

/** Puts all rows into one group. */
export const oneGroup: Grouping = { expression: 'NULL', values: [] };

/** Returns the SQL that counts the rows of a portion by group, all or only those that match the conditions. */
export function groupsSql(
  shape: Shape,
  { expression }: Pick<Grouping, 'expression'>,
  hasConditions: boolean,
): string {
  const condition = hasConditions ? ` AND ${rowMatches}` : '';
  // SQLite would sort also what is one group.
  const groupBy = expression === oneGroup.expression ? '' : ' GROUP BY 1';
  return `SELECT ${expression}, count(*) ${fromBranch(shape)} ${inPortion('asc')}${condition}${groupBy}`;
}

/** Counts activities by group, row by row. Ends early with more than `maxGroups` groups. */
export function* countGroups(
  reader: Reader,
  { conditions, ...selection }: Selection,
  grouping: Grouping,
  maxGroups: number,
): Steps<ReadonlyMap<SQLOutputValue, number>> {
  const { shape, branches } = branchesOf(selection);
  const statement = reader.prepare(groupsSql(shape, grouping, conditions !== undefined));
  const counts = new Map<SQLOutputValue, number>();
  const span = { ...selection, order: 'asc' } as const;
  const read = (values: readonly SQLInputValue[]) => statement.all(...grouping.values, ...values);
  for (const values of branches) {
    for (const groups of rowsByPortion(reader, { shape, values }, span, conditions, read)) {
      for (const [key = null, count] of groups) counts.set(key, (counts.get(key) ?? 0) + Number(count));
      yield;
      if (counts.size > maxGroups) return counts;
    }
  }
  return counts;
}
