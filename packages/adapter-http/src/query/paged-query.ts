import {
  type Clock,
  invalidQuery,
  isDomainError,
  isRelativeTime,
  type QueryParameters,
  RuleBroken,
  type TimeRange,
  type Timestamp,
  type Violation,
} from '@user-activity/domain';
import { type Cursor, cursorText, parseCursor, type Place } from './cursor.ts';

/** The bounds of a walk, as its digest takes them: moments, but relative times as they were sent. */
export type Bounds = readonly [from: string | number | undefined, to: string | number | undefined];

/** How the query of a list is read. */
export interface ListGrammar<Query, Id extends string> {
  readonly parse: (parameters: QueryParameters, now: Timestamp) => Query;
  readonly parseId: (raw: unknown) => Id;
  readonly rangeOf: (query: Query) => TimeRange;
  /** The digest of the filter and the order, with these bounds. */
  readonly walkOf: (query: Query, bounds: Bounds) => string;
}

/** A query for one page of a list. */
interface PagedQuery<Query, Id extends string> {
  readonly query: Query;
  /** The last item of the page before; undefined is the beginning of the walk. */
  readonly after: Place<Id> | undefined;
  /** The cursor of the page that follows this item. */
  readonly cursorAfter: (last: Place<string>) => string;
}

/**
 * Reads the query of a page and its cursor. Relative times count back from the time of the walk's first page, which the cursor
 * carries, so all pages have the same range. Throws INVALID_QUERY with every violation, those of the cursor last.
 */
export function parsePaged<Query, Id extends string>(
  { cursor: texts = [], ...parameters }: QueryParameters,
  clock: Clock,
  { parse, parseId, rangeOf, walkOf }: ListGrammar<Query, Id>,
): PagedQuery<Query, Id> {
  const violations: Violation[] = [];
  let cursor: Cursor<Id> | undefined;
  try {
    const [raw, ...more] = texts;
    if (more.length > 0) throw new RuleBroken('must be given once');
    if (raw !== undefined) cursor = parseCursor(raw, parseId);
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
    violations.push({ path: '/cursor', message: error.message });
  }
  const now = cursor?.now ?? clock.now();
  let query: Query;
  try {
    query = parse(parameters, now);
  } catch (error) {
    if (!isDomainError(error, 'INVALID_QUERY')) throw error;
    throw invalidQuery([...error.violations, ...violations]);
  }
  const walk = walkOf(query, boundsOf(rangeOf(query), parameters));
  if (cursor !== undefined && cursor.walk !== walk) violations.push({ path: '/cursor', message: otherWalk });
  if (violations.length > 0) throw invalidQuery(violations);
  const isRelative = ['from', 'to'].some((name) => isRelativeTime(parameters[name]?.[0] ?? ''));
  return {
    query,
    after: cursor?.place,
    cursorAfter: (place) => cursorText({ place, walk, now: isRelative ? now : undefined }),
  };
}

const otherWalk =
  'belongs to another filter or order: repeat those of the page before, or leave the cursor out';

function boundsOf({ from, to }: TimeRange, parameters: QueryParameters): Bounds {
  const boundOf = (name: string, moment: Timestamp | undefined): string | number | undefined => {
    const [raw = ''] = parameters[name] ?? [];
    return isRelativeTime(raw) ? raw : moment;
  };
  return [boundOf('from', from), boundOf('to', to)];
}
