import type { MetadataCondition } from '@user-activity/domain';
import { type Page, upToFull, withMore } from '../protocol/branches.ts';
import { count } from './count-job.ts';
import type { CountQuestion } from '../protocol/count-question.ts';
import { type SetTest, standsTheTest } from './metadata-test.ts';
import type { PageQuestion } from './page-job.ts';
import { inPortion, portionRows, portionsOf, portionValues } from './portions.ts';
import { type ActivityRow, activityColumns, activityKind } from '../protocol/rows.ts';
import { branchesOf, fromBranch, type Shape } from '../protocol/shapes.ts';
import type { Prepare } from '../protocol/statements.ts';
import {
  countByKey,
  countBySlot,
  type KeyQuestion,
  type KeyRow,
  type SlotQuestion,
  type SlotRow,
} from './stats-jobs.ts';
import type { Steps, Timed } from '../protocol/turns.ts';

/** A page of activities whose metadata keeps conditions. */
interface SearchQuestion extends PageQuestion, Timed {
  readonly metadata: readonly MetadataCondition[];
}

/** What a thread can do that takes long: each in steps, between which others have their turn. */
export interface SearchJobs {
  search(question: SearchQuestion): Steps<readonly ActivityRow[]>;
  count(question: CountQuestion): Steps<number>;
  countByKey(question: KeyQuestion): Steps<readonly KeyRow[] | 'too-many'>;
  countBySlot(question: SlotQuestion): Steps<readonly SlotRow[] | 'too-many'>;
}

/** The rows of a portion that stand the test. */
export const searchSql = (shape: Shape, order: 'asc' | 'desc'): string =>
  `SELECT ${activityColumns} ${fromBranch(shape)} ${inPortion(order)} AND ${standsTheTest}
    ORDER BY created_at ${order}, id ${order} LIMIT ?`;

export const searchJobs = (prepare: Prepare, setTest: SetTest): SearchJobs => ({
  *search(question) {
    const { shape, branches } = branchesOf(question);
    const statement = prepare(searchSql(shape, question.order));
    let page: Page<ActivityRow> = { found: [], rest: question };
    for (const values of branches) {
      let rows: readonly ActivityRow[] = [];
      for (const portion of portionsOf(prepare, { shape, values }, page.rest, portionRows.ofTable)) {
        // Another question may have had its turn meanwhile.
        setTest(question.metadata);
        const most = question.most - rows.length;
        const found = statement.all(...values, ...portionValues(portion), most) as unknown as ActivityRow[];
        const both = [...rows, ...found];
        rows = upToFull(both, question, activityKind);
        yield;
        if (rows.length < both.length || rows.length === question.most) break;
      }
      page = withMore(page, rows, activityKind);
    }
    return page.found;
  },
  count: (question) => count(prepare, setTest, question),
  countByKey: (question) => countByKey(prepare, setTest, question),
  countBySlot: (question) => countBySlot(prepare, setTest, question),
});
