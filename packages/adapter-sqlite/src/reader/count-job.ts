import type { CountQuestion } from '../protocol/count-question.ts';
import { type SetTest, standsTheTest } from './metadata-test.ts';
import { inPortion, portionRows, portionsOf, portionValues } from './portions.ts';
import { branchesOf, fromBranch, type Shape } from '../protocol/shapes.ts';
import { SpanCounter } from './span-counter.ts';
import type { Prepare } from '../protocol/statements.ts';
import type { Steps } from '../protocol/turns.ts';

/** How many rows of a portion stand the test. */
export const testedCountSql = (shape: Shape): string =>
  `SELECT count(*) ${fromBranch(shape)} ${inPortion('asc')} AND ${standsTheTest}`;

/** How many activities there are. */
export function* count(
  prepare: Prepare,
  setTest: SetTest,
  { metadata, ...asked }: CountQuestion,
): Steps<number> {
  const { shape, branches } = branchesOf(asked);
  let sum = 0;
  if (metadata.length === 0) {
    const counter = new SpanCounter(prepare, shape);
    for (const values of branches) sum += yield* counter.count(values, asked);
    return sum;
  }
  const statement = prepare(testedCountSql(shape));
  for (const values of branches) {
    for (const portion of portionsOf(
      prepare,
      { shape, values },
      { ...asked, order: 'asc' },
      portionRows.ofTable,
    )) {
      // Another question may have had its turn meanwhile.
      setTest(metadata);
      sum += Number(statement.all(...values, ...portionValues(portion))[0]?.[0]);
      yield;
    }
  }
  return sum;
}
