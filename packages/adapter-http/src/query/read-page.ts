import { createHash } from 'node:crypto';
import {
  assertValidQuery,
  type Clock,
  defaultLimit,
  maxLimit,
  type Order,
  ProjectId,
  RuleBroken,
  TimeZone,
} from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { encodeCursor, parseCursor, type ListPosition } from './cursor.ts';
import type { CanonicalValues, FilterReader } from './filter-reader.ts';
import { type Parameter, ParameterReader, type QueryParameters } from './parameter-reader.ts';

/** A list that clients read page by page. */
export interface PagedList<Filter, Id extends string, Item> {
  readonly filter: FilterReader<Filter>;
  readonly parseId: (raw: unknown) => Id;
  readonly positionOf: (item: Item) => ListPosition<Id>;
  readonly jsonOf: (item: Item) => string;
  /**
   * Returns the values for the digest in a cursor. The order of `fixedValues` must never change. A release that adds a filter must add it
   * to `newerFilters`: an absent value there does not change the digest, so older cursors stay valid.
   */
  readonly toDigest: (
    filter: CanonicalValues,
    order: Order,
  ) => readonly [fixedValues: readonly unknown[], newerFilters: CanonicalValues];
}

/** A client's request for one page of a list. */
export interface PageRequest<Filter, Id extends string, Item> {
  readonly list: Pick<PagedList<Filter, Id, Item>, 'positionOf' | 'jsonOf'>;
  readonly parameters: QueryParameters;
  readonly filter: Filter;
  readonly order: Order;
  readonly limit: number;
  /** The position of the last item on the previous page. Undefined for the first page. */
  readonly after: ListPosition<Id> | undefined;
  /** Returns the cursor of the page that starts after the item at this position. */
  readonly cursorAfter: (lastPosition: ListPosition<string>) => string;
}

export const orderParameter: Parameter<Order> = {
  name: 'order',
  schema: Type.Union([Type.Literal('desc'), Type.Literal('asc')], {
    'x-component': 'Order',
    default: 'desc',
    description: '`desc`: the newest first. `asc`: the oldest first.',
  }),
  parse(raw) {
    if (raw !== 'desc' && raw !== 'asc') throw new RuleBroken('must be "desc" or "asc", in lower case');
    return raw;
  },
};

/** The maximum number of items in a page. */
export const limitParameter: Parameter<number> = {
  name: 'limit',
  schema: Type.Integer({
    minimum: 1,
    maximum: maxLimit,
    default: defaultLimit,
    description: 'The maximum number of items in a page.',
  }),
  parse(raw) {
    const number = /^[1-9]\d*$/.test(raw) ? Number(raw) : Number.NaN;
    if (number <= maxLimit) return number;
    const remedy = number > maxLimit ? ': follow "nextCursor" for more' : '';
    throw new RuleBroken(`must be a whole number from 1 to ${maxLimit}${remedy}`);
  },
};

/** The OpenAPI schemas of the parameters that every list has besides its filter, by name. */
export const pageParameterSchemas = {
  [orderParameter.name]: orderParameter.schema,
  [limitParameter.name]: limitParameter.schema,
  cursor: Type.String({
    minLength: 1,
    description:
      'The `nextCursor` of the previous page. Send the same filter and order again. Relative times still count back from the request for the first page.',
  }),
};

/**
 * Reads the query of a page. Relative times count back from the request for the first page. The cursor contains that time, so all pages
 * have the same range. A cursor of another project is refused, like one of another filter. Throws INVALID_QUERY with every violation, and
 * lists violations of the cursor last.
 */
export function readPage<Filter, Id extends string, Item>(
  list: PagedList<Filter, Id, Item>,
  project: ProjectId,
  parameters: QueryParameters,
  clock: Clock,
): PageRequest<Filter, Id, Item> {
  const reader = new ParameterReader(parameters, [
    ...list.filter.names,
    ...Object.keys(pageParameterSchemas),
  ]);
  const cursorReader = new ParameterReader({ cursor: parameters['cursor'] ?? [] }, ['cursor']);
  const cursor = cursorReader.one({ name: 'cursor', parse: (raw) => parseCursor(raw, list.parseId) });
  const now = cursor?.now ?? clock.now();
  const { part: filter, canonical } = list.filter.read(reader, { now, timeZone: TimeZone.utc });
  const page = {
    list,
    parameters,
    filter,
    order: reader.one(orderParameter) ?? 'desc',
    limit: reader.one(limitParameter) ?? defaultLimit,
  };
  const queryDigest = digestOf(project, list.toDigest(canonical, page.order));
  // An invalid query has no meaningful digest to compare the cursor with.
  if (reader.violations.length === 0 && cursor !== undefined && cursor.queryDigest !== queryDigest)
    cursorReader.addViolation(
      'cursor',
      'belongs to another filter, order or project: repeat the query and the X-Project of the previous page, or leave the cursor out',
    );
  assertValidQuery([...reader.violations, ...cursorReader.violations]);
  const isRelative = Object.values(canonical).some((value) => typeof value === 'string');
  return {
    ...page,
    after: cursor?.position,
    cursorAfter: (position) => encodeCursor({ position, queryDigest, now: isRelative ? now : undefined }),
  };
}

function digestOf(
  project: ProjectId,
  [fixedValues, newerFilters]: readonly [readonly unknown[], CanonicalValues],
): string {
  const namedProject = project === ProjectId.default ? undefined : project;
  const presentValues = Object.entries({ ...newerFilters, project: namedProject }).filter(
    ([, value]) => value !== undefined,
  );
  const json = JSON.stringify([...fixedValues, ...presentValues]);
  return createHash('sha256').update(json).digest('base64url').slice(0, 22);
}
