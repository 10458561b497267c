import type { SQLInputValue } from 'node:sqlite';
import { mergeIntoPage, type Order, type PartialPage, takePage } from '../protocol/branches.ts';
import { countActivities } from './count-job.ts';
import { type FeedJob, readFeed } from './feed-job.ts';
import type { PageQuery } from './page-job.ts';
import { inPortion, type Reader, rowsByPortion } from './portions.ts';
import { type RowConditions, rowMatches } from '../protocol/row-conditions.ts';
import { type ActivityRow, activityColumns, activityFunctions } from '../protocol/rows.ts';
import { branchesOf, fromBranch, type Selection, type Shape } from '../protocol/shapes.ts';
import { countByKey, countBySlot, type KeyQuery, type SlotQuery } from './stats-jobs.ts';
import type { Steps, TimedJob } from '../protocol/job-scheduler.ts';

interface SearchQuery extends PageQuery, TimedJob {
  readonly conditions: RowConditions;
}

/** Returns the SQL for the rows of a portion that match the conditions. */
export const searchSql = (shape: Shape, order: Order): string =>
  `SELECT ${activityColumns} ${fromBranch(shape)} ${inPortion(order)} AND ${rowMatches}
    ORDER BY created_at ${order}, id ${order} LIMIT ?`;

export type SearchJobs = ReturnType<typeof searchJobs>;

/** Returns the jobs that may take long. Each runs in steps, so that the thread can run steps of other jobs in between. */
export const searchJobs = (reader: Reader) => ({
  *search(query: SearchQuery): Steps<readonly ActivityRow[]> {
    const { shape, branches } = branchesOf(query);
    const { conditions, order, maxRows } = query;
    const statement = reader.prepare<ActivityRow>(searchSql(shape, order));
    let page: PartialPage<ActivityRow> = { rows: [], rest: query };
    for (const values of branches) {
      let taken: ReturnType<typeof takePage<ActivityRow>> = { rows: [], isFull: false };
      const read = (parameters: readonly SQLInputValue[]) =>
        statement.all(...parameters, maxRows - taken.rows.length);
      for (const rows of rowsByPortion(reader, { shape, values }, page.rest, conditions, read)) {
        taken = takePage([...taken.rows, ...rows], query, activityFunctions);
        yield;
        if (taken.isFull) break;
      }
      page = mergeIntoPage(page, taken.rows, activityFunctions);
    }
    return page.rows;
  },
  feed: (job: FeedJob) => readFeed(reader, job),
  count: (query: Selection & TimedJob) => countActivities(reader, query),
  countByKey: (query: KeyQuery & TimedJob) => countByKey(reader, query),
  countBySlot: (query: SlotQuery & TimedJob) => countBySlot(reader, query),
});
