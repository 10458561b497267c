import { defaultLimit, maxLimit, type Order, RuleBroken } from '@user-activity/domain';
import { type TSchema, Type } from '@sinclair/typebox';
import type { Parameter } from './parameter-reader.ts';

const order: Parameter<Order> = {
  name: 'order',
  schema: Type.Union([Type.Literal('desc'), Type.Literal('asc')], {
    'x-component': 'Order',
    default: 'desc',
    description: 'Newest first, or oldest first.',
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

/** The parameters of every list beside its filter; the cursor is read with the whole page. */
export const pageParameters: { readonly order: Parameter<Order>; readonly limit: Parameter<number> } = {
  order,
  limit,
};

/** The schemas of the parameters of a page, by name. */
export const pageSchemas: Readonly<Record<string, TSchema>> = {
  [order.name]: order.schema,
  [limit.name]: limit.schema,
  cursor: Type.String({
    minLength: 1,
    description:
      'The `nextCursor` of the page before, with the same filter and order. Relative times keep the meaning that they had on ' +
      'the first page.',
  }),
};
