import type { MetadataCondition } from '@user-activity/domain';
import { type Page, type Span, withMore } from './branches.ts';
import { type SetTest, standsTheTest } from './metadata-test.ts';
import type { PageQuestion } from './page-job.ts';
import { inPortion, portionsOf, portionValues } from './portions.ts';
import { type ActivityRow, activityColumns, placeOfActivity } from './rows.ts';
import { branchesOf, fromBranch, type Shape, type Whose } from './shapes.ts';
import type { Prepare } from './statements.ts';
import type { Steps, Timed } from './turns.ts';

/** So many rows a step looks at: a few milliseconds' work, of the largest metadata some 25. */
const portionRows = { ofIndex: 5000, withMetadata: 250 };

/** A page of activities whose metadata keeps conditions. */
interface SearchQuestion extends PageQuestion, Timed {
  readonly metadata: readonly MetadataCondition[];
}

/** How many activities there are between two places (both exclusive). */
interface CountQuestion extends Whose, Timed, Pick<Span, 'above' | 'below'> {
  /** Empty: whatever their metadata. */
  readonly metadata: readonly MetadataCondition[];
}

/** What a thread can do that takes long: each in steps, between which others have their turn. */
export interface SearchJobs {
  search(question: SearchQuestion): Steps<readonly ActivityRow[]>;
  count(question: CountQuestion): Steps<number>;
}

/** The rows of a portion that stand the test. */
export const searchSql = (shape: Shape, order: 'asc' | 'desc'): string =>
  `SELECT ${activityColumns} ${fromBranch(shape)} ${inPortion(order)} AND ${standsTheTest}
    ORDER BY created_at ${order}, id ${order} LIMIT ?`;

/** How many rows a portion has, or of these stand the test. */
export const countSql = (shape: Shape, tested: boolean): string =>
  `SELECT count(*) ${fromBranch(shape)} ${inPortion('asc')}${tested ? ` AND ${standsTheTest}` : ''}`;

export const searchJobs = (prepare: Prepare, setTest: SetTest): SearchJobs => ({
  *search(question) {
    const { shape, branches } = branchesOf(question);
    const statement = prepare(searchSql(shape, question.order));
    let page: Page<ActivityRow> = { found: [], rest: question };
    for (const values of branches) {
      const rows: ActivityRow[] = [];
      for (const portion of portionsOf(prepare, { shape, values }, page.rest, portionRows.withMetadata)) {
        // Another question may have had its turn meanwhile.
        setTest(question.metadata);
        const most = question.most - rows.length;
        rows.push(
          ...(statement.all(...values, ...portionValues(portion), most) as unknown as readonly ActivityRow[]),
        );
        yield;
        if (rows.length === question.most) break;
      }
      page = withMore(page, rows, placeOfActivity);
    }
    return page.found;
  },
  *count({ metadata, above, below, ...whose }) {
    const { shape, branches } = branchesOf(whose);
    const tested = metadata.length > 0;
    const statement = prepare(countSql(shape, tested));
    const most = tested ? portionRows.withMetadata : portionRows.ofIndex;
    let count = 0;
    for (const values of branches) {
      for (const portion of portionsOf(prepare, { shape, values }, { above, below, order: 'asc' }, most)) {
        if (tested) setTest(metadata);
        const known = tested ? undefined : portion.rows;
        count += known ?? Number(statement.all(...values, ...portionValues(portion))[0]?.[0]);
        yield;
      }
    }
    return count;
  },
});
