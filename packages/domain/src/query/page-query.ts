import { assertValidQuery } from './invalid-query.ts';

/** The order of the items by (time, id): `desc` is newest first, and `asc` is its exact reverse. */
export type Order = 'desc' | 'asc';

/** The maximum number of items in a page. */
export const maxLimit = 500;
/** The number of items in a page if the caller sets no limit. */
export const defaultLimit = 50;

interface PageParts<Filter, Position> {
  readonly filter: Filter;
  readonly order?: Order;
  readonly limit?: number;
  readonly after?: Position | undefined;
}

/** Asks for one page of a walk over the items that match a filter. `of` checks the limit, so stores need not check it. */
export class PageQuery<Filter, Position> {
  readonly filter: Filter;
  readonly order: Order;
  /** The maximum number of items in the page, 1-500. */
  readonly limit: number;
  /** The position after which the page begins; undefined for the beginning of the walk. */
  readonly after: Position | undefined;

  private constructor(filter: Filter, order: Order, limit: number, after: Position | undefined) {
    this.filter = filter;
    this.order = order;
    this.limit = limit;
    this.after = after;
  }

  /**
   * Makes a query from a filter and other parts. The defaults are newest first, 50 items, and the beginning of the walk. Throws INVALID_QUERY if
   * the limit is not a whole number from 1 to 500.
   */
  static of<Filter, Position>({
    filter,
    order = 'desc',
    limit = defaultLimit,
    after,
  }: PageParts<Filter, Position>): PageQuery<Filter, Position> {
    if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
      assertValidQuery([{ path: '/limit', message: `must be a whole number from 1 to ${maxLimit}` }]);
    return new PageQuery(filter, order, limit, after);
  }

  /** Returns a copy of this query in which `parts` replace its own parts. Throws as `of` does. */
  with(parts: Partial<PageParts<Filter, Position>>): PageQuery<Filter, Position> {
    const { filter, order, limit, after } = this;
    return PageQuery.of({ filter, order, limit, after, ...parts });
  }
}
