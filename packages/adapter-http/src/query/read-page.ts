import { createHash } from 'node:crypto';
import {
  assertValidQuery,
  type Clock,
  defaultLimit,
  maxLimit,
  type Order,
  RuleBroken,
  TimeZone,
} from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { cursorText, parseCursor, type Place } from './cursor.ts';
import type { Canonical, FilterReader } from './filter-reader.ts';
import { type Parameter, ParameterReader, type QueryParameters } from './parameter-reader.ts';

/** A list that clients read page by page. */
export interface List<Filter, Id extends string, Item> {
  readonly filter: FilterReader<Filter>;
  readonly parseId: (raw: unknown) => Id;
  readonly placeOf: (item: Item) => Place<Id>;
  readonly jsonOf: (item: Item) => string;
  /**
   * Returns the filter and the order for the digest in a cursor. The digest depends on the positions in `fixed`. `rest` has the values
   * of newer filters: an absent value does not change the digest, so cursors stay valid when a release adds a filter.
   */
  readonly digested: (
    filter: Canonical,
    order: Order,
  ) => readonly [fixed: readonly unknown[], rest: Canonical];
}

/** The request of a client for one page. */
export interface PageRequest<Filter, Id extends string, Item> {
  readonly list: Pick<List<Filter, Id, Item>, 'placeOf' | 'jsonOf'>;
  readonly parameters: QueryParameters;
  readonly filter: Filter;
  readonly order: Order;
  readonly limit: number;
  /** The place of the last item on the previous page. Undefined for the first page. */
  readonly after: Place<Id> | undefined;
  /** Returns the cursor of the page that starts after the item at this place. */
  readonly cursorAfter: (last: Place<string>) => string;
}

const order: Parameter<Order> = {
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

const limit: Parameter<number> = {
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
export const pageSchemas = {
  [order.name]: order.schema,
  [limit.name]: limit.schema,
  cursor: Type.String({
    minLength: 1,
    description:
      'The `nextCursor` of the previous page. Send the same filter and order again: relative times count from the first page.',
  }),
};

/**
 * Reads the query of a page. Relative times count back from the request for the first page: the cursor contains that time, so all pages
 * have the same range. Throws INVALID_QUERY with every violation, and lists violations of the cursor last.
 */
export function readPage<Filter, Id extends string, Item>(
  list: List<Filter, Id, Item>,
  parameters: QueryParameters,
  clock: Clock,
): PageRequest<Filter, Id, Item> {
  const reader = new ParameterReader(parameters, [...list.filter.names, ...Object.keys(pageSchemas)]);
  const cursorReader = new ParameterReader({ cursor: parameters['cursor'] ?? [] }, ['cursor']);
  const cursor = cursorReader.one({ name: 'cursor', parse: (raw) => parseCursor(raw, list.parseId) });
  const now = cursor?.now ?? clock.now();
  const { part: filter, canonical } = list.filter.read(reader, { now, timeZone: TimeZone.utc });
  const page = {
    list,
    parameters,
    filter,
    order: reader.one(order) ?? 'desc',
    limit: reader.one(limit) ?? defaultLimit,
  };
  const walk = digestOf(list.digested(canonical, page.order));
  // The digest of an invalid query is meaningless, so the cursor is not compared with it.
  if (reader.violations.length === 0 && cursor !== undefined && cursor.walk !== walk)
    cursorReader.refuse(
      'cursor',
      'belongs to another filter or order: repeat the query of the previous page, or leave the cursor out',
    );
  assertValidQuery([...reader.violations, ...cursorReader.violations]);
  const isRelative = Object.values(canonical).some((value) => typeof value === 'string');
  return {
    ...page,
    after: cursor?.place,
    cursorAfter: (place) => cursorText({ place, walk, now: isRelative ? now : undefined }),
  };
}

function digestOf([fixed, rest]: readonly [readonly unknown[], Canonical]): string {
  const present = Object.entries(rest).filter(([, value]) => value !== undefined);
  const json = JSON.stringify([...fixed, ...present]);
  return createHash('sha256').update(json).digest('base64url').slice(0, 22);
}
