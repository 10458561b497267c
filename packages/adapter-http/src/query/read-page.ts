import { createHash } from 'node:crypto';
import {
  assertValidQuery,
  type Clock,
  defaultLimit,
  type Order,
  RuleBroken,
  TimeZone,
} from '@user-activity/domain';
import { cursorText, parseCursor, type Place } from './cursor.ts';
import type { Canonical, FilterReader } from './filter-reader.ts';
import { pageParameters, pageSchemas } from './page-parameters.ts';
import { ParameterReader, type QueryParameters } from './parameter-reader.ts';

/** A list that is read page by page. */
export interface List<Filter, Id extends string> {
  readonly filter: FilterReader<Filter>;
  readonly parseId: (raw: unknown) => Id;
  /**
   * Returns what a cursor digests: the whole filter and the order. The first releases with cursors fixed the places of some values,
   * so those come first, and all others by `given`: cursors stay valid when a release adds a filter.
   */
  readonly digested: (filter: Canonical, order: Order) => readonly unknown[];
}

/** Returns the values that are given, with their names. */
export const given = (values: Canonical): readonly unknown[] =>
  Object.entries(values).filter(([, value]) => value !== undefined);

/** One page of a list, as a client asks for it. */
interface PageRequest<Filter, Id extends string> {
  readonly filter: Filter;
  readonly order: Order;
  readonly limit: number;
  /** The last item of the previous page; undefined for the beginning of the walk. */
  readonly after: Place<Id> | undefined;
  /** Returns the cursor of the page that follows this item. */
  readonly cursorAfter: (last: Place<string>) => string;
}

/**
 * Reads the query of a page. Relative times count back from the time of the walk's first page, which the cursor carries, so all
 * pages have the same range. Throws INVALID_QUERY with every violation, those of the cursor last.
 */
export function readPage<Filter, Id extends string>(
  { filter: filterReader, parseId, digested }: List<Filter, Id>,
  parameters: QueryParameters,
  clock: Clock,
): PageRequest<Filter, Id> {
  const reader = new ParameterReader(parameters, [...filterReader.names, ...Object.keys(pageSchemas)]);
  const cursorReader = new ParameterReader({ cursor: parameters['cursor'] ?? [] }, ['cursor']);
  const cursor = cursorReader.one({ name: 'cursor', parse: (raw) => parseCursor(raw, parseId) });
  const now = cursor?.now ?? clock.now();
  const filter = filterReader.read(reader, { now, timeZone: TimeZone.utc });
  const order = reader.one(pageParameters.order) ?? 'desc';
  const limit = reader.one(pageParameters.limit) ?? defaultLimit;
  const canonical = filterReader.canonical(filter, reader);
  const walk = digestOf(digested(canonical, order));
  // An invalid query has no digest to check the cursor against.
  if (reader.violations.length === 0 && cursor !== undefined && cursor.walk !== walk)
    cursorReader.check('cursor', () => {
      throw new RuleBroken(otherWalk);
    });
  assertValidQuery([...reader.violations, ...cursorReader.violations]);
  const isRelative = Object.values(canonical).some((value) => typeof value === 'string');
  return {
    filter,
    order,
    limit,
    after: cursor?.place,
    cursorAfter: (place) => cursorText({ place, walk, now: isRelative ? now : undefined }),
  };
}

const otherWalk =
  'belongs to another filter or order: repeat those of the page before, or leave the cursor out';

const digestOf = (values: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, 22);
