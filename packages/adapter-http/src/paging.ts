import {
  DomainError,
  isDomainError,
  type Order,
  type QueryParameters,
  RuleBroken,
  type Violation,
} from '@user-activity/domain';
import type { FastifyReply } from 'fastify';
import {
  type TArray,
  type TBoolean,
  type TInteger,
  type TLiteral,
  type TNull,
  type TObject,
  type TSchema,
  type TString,
  type TUnion,
  Type,
} from '@sinclair/typebox';

/** A parameter that may be given several times, for the documentation. */
export const several = <Item extends TSchema>(item: Item, description: string): TArray<Item> =>
  Type.Array(item, { maxItems: 20, description });

/** The bounds of that time, for the documentation. */
export const timeParameters = (time: string): { from: TString; to: TString } => ({
  from: Type.String({
    format: 'date-time',
    description: `${time} at or after.`,
    examples: ['2026-11-01T00:00:00Z'],
  }),
  to: Type.String({
    format: 'date-time',
    description: `${time} before.`,
    examples: ['2026-12-01T00:00:00Z'],
  }),
});

/** The parameters of every list, for the documentation. */
export const pageParameters: {
  order: TUnion<[TLiteral<'desc'>, TLiteral<'asc'>]>;
  limit: TInteger;
  cursor: TString;
} = {
  order: Type.Union([Type.Literal('desc'), Type.Literal('asc')], { default: 'desc' }),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
  cursor: Type.String({
    minLength: 1,
    description: 'The `nextCursor` of the page before, of the same filter and order.',
  }),
};

/** A page of such items. */
export const pageOf = <Item extends TSchema>(
  item: Item,
): TObject<{
  data: TArray<Item>;
  pagination: TObject<{ limit: TInteger; nextCursor: TUnion<[TString, TNull]>; hasMore: TBoolean }>;
}> =>
  Type.Object(
    {
      data: Type.Array(item),
      pagination: Type.Object({
        limit: Type.Integer({ examples: [50] }),
        nextCursor: Type.Union([Type.String(), Type.Null()], {
          description: 'Null on the last page.',
          examples: [null],
        }),
        hasMore: Type.Boolean(),
      }),
    },
    {
      description: 'A page.',
      headers: {
        Link: Type.String({
          description: 'The next page, where there is one (RFC 8288).',
          examples: ['</api/logs?limit=50&cursor=eyJ>; rel="next"'],
        }),
      },
    },
  );

/** The question and where its page begins. Throws INVALID_QUERY with every violation, those of the cursor among them. */
export function parsePaged<Query extends { readonly order: Order; readonly limit: number }, Position>(
  { cursor = [], ...parameters }: QueryParameters,
  parse: (parameters: QueryParameters) => Query,
  positionIn: (cursor: string, query: Query) => Position,
): Query & { readonly after: Position | undefined } {
  const violations: Violation[] = [];
  let query: Query | undefined;
  try {
    query = parse(parameters);
  } catch (error) {
    if (!isDomainError(error, 'INVALID_QUERY')) throw error;
    violations.push(...error.violations);
  }
  let after: Position | undefined;
  try {
    const [raw, ...more] = cursor;
    if (more.length > 0) throw new RuleBroken('must be given once');
    // An invalid query has no digest to check the cursor against.
    if (raw !== undefined && query !== undefined) after = positionIn(raw, query);
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
    violations.push({ path: '/cursor', message: error.message });
  }
  if (query === undefined || violations.length > 0)
    throw new DomainError('INVALID_QUERY', 'The query breaks a rule.', { violations });
  return { ...query, after };
}

/** Links to the next page, relative to the host, which behind a proxy is another than ours. */
export function linkNext(
  reply: FastifyReply,
  path: string,
  parameters: QueryParameters,
  nextCursor: string | null,
): void {
  if (nextCursor === null) return;
  const next = new URLSearchParams();
  for (const [name, values] of Object.entries(parameters))
    if (name !== 'cursor') for (const value of values) next.append(name, value);
  next.append('cursor', nextCursor);
  reply.header('link', `<${path}?${next.toString()}>; rel="next"`);
}
