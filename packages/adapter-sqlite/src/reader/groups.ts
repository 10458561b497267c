import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { CountQuestion } from '../protocol/count-question.ts';
import { type SetTest, standsTheTest } from './metadata-test.ts';
import { inPortion, portionRows, portionsOf, portionValues } from './portions.ts';
import { branchesOf, fromBranch, type Shape } from '../protocol/shapes.ts';
import type { Prepare } from '../protocol/statements.ts';
import type { Steps } from '../protocol/turns.ts';

/** What rows are counted by: an expression of SQL, and the values that it takes. */
export interface Grouping {
  readonly expression: string;
  readonly values: readonly SQLInputValue[];
}

/** The rows of a portion, or of these what stands the test, by what they have in common. */
export const groupsSql = (
  shape: Shape,
  { expression }: Pick<Grouping, 'expression'>,
  tested: boolean,
): string =>
  `SELECT ${expression}, count(*) ${fromBranch(shape)} ${inPortion('asc')}${tested ? ` AND ${standsTheTest}` : ''}
    GROUP BY 1`;

/** Looks at row after row and counts them by what they have in common, until that is more than `most` values. */
export function* countGroups(
  prepare: Prepare,
  setTest: SetTest,
  { metadata, ...asked }: CountQuestion,
  grouping: Grouping,
  most: number,
): Steps<ReadonlyMap<SQLOutputValue, number>> {
  const { shape, branches } = branchesOf(asked);
  const tested = metadata.length > 0;
  const statement = prepare(groupsSql(shape, grouping, tested));
  const counts = new Map<SQLOutputValue, number>();
  for (const values of branches) {
    for (const portion of portionsOf(
      prepare,
      { shape, values },
      { ...asked, order: 'asc' },
      portionRows.ofTable,
    )) {
      // Another question may have had its turn meanwhile.
      if (tested) setTest(metadata);
      const groups = statement.all(...grouping.values, ...values, ...portionValues(portion));
      for (const [key = null, count] of groups) counts.set(key, (counts.get(key) ?? 0) + Number(count));
      yield;
      if (counts.size > most) return counts;
    }
  }
  return counts;
}
