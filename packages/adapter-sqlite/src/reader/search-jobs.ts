import type { SQLInputValue } from 'node:sqlite';
import { type Page, untilFull, withMore } from '../protocol/branches.ts';
import { count } from './count-job.ts';
import type { PageQuestion } from './page-job.ts';
import { inPortion, type Reader, rowsByPortion } from './portions.ts';
import { type RowConditions, rowMatches } from '../protocol/row-conditions.ts';
import { type ActivityRow, activityColumns, activityKind } from '../protocol/rows.ts';
import { branchesOf, fromBranch, type Selection, type Shape } from '../protocol/shapes.ts';
import {
  countByKey,
  countBySlot,
  type KeyQuestion,
  type KeyRow,
  type SlotQuestion,
  type SlotRow,
} from './stats-jobs.ts';
import type { Steps, TimedJob } from '../protocol/turns.ts';

/** Asks for a page of the activities that match the conditions. */
interface SearchQuestion extends PageQuestion, TimedJob {
  readonly conditions: RowConditions;
}

/** The jobs of the thread for questions that may take long. They run in steps, between those of others. */
export interface SearchJobs {
  search(question: SearchQuestion): Steps<readonly ActivityRow[]>;
  count(question: Selection & TimedJob): Steps<number>;
  countByKey(question: KeyQuestion & TimedJob): Steps<readonly KeyRow[] | 'too-many'>;
  countBySlot(question: SlotQuestion & TimedJob): Steps<readonly SlotRow[] | 'too-many'>;
}

/** Returns the SQL for the rows of a portion that match the conditions. */
export const searchSql = (shape: Shape, order: 'asc' | 'desc'): string =>
  `SELECT ${activityColumns} ${fromBranch(shape)} ${inPortion(order)} AND ${rowMatches}
    ORDER BY created_at ${order}, id ${order} LIMIT ?`;

export const searchJobs = (reader: Reader): SearchJobs => ({
  *search(question) {
    const { shape, branches } = branchesOf(question);
    const { conditions, order, maxRows } = question;
    const statement = reader.prepare(searchSql(shape, order));
    let page: Page<ActivityRow> = { found: [], rest: question };
    for (const values of branches) {
      let rows: readonly ActivityRow[] = [];
      const read = (given: readonly SQLInputValue[]) => statement.all(...given, maxRows - rows.length);
      for (const found of rowsByPortion(reader, { shape, values }, page.rest, conditions, read)) {
        const both = [...rows, ...(found as unknown as readonly ActivityRow[])];
        rows = untilFull(both, question, activityKind);
        yield;
        if (rows.length < both.length || rows.length === maxRows) break;
      }
      page = withMore(page, rows, activityKind);
    }
    return page.found;
  },
  count: (question) => count(reader, question),
  countByKey: (question) => countByKey(reader, question),
  countBySlot: (question) => countBySlot(reader, question),
});
