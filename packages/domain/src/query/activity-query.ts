import type { ActivityId } from '../activity/activity-id.ts';
import { ActivityType } from '../activity/activity-type.ts';
import { Timestamp } from '../activity/timestamp.ts';
import type { UserActivity } from '../activity/user-activity.ts';
import { UserId } from '../activity/user-id.ts';
import { DomainError } from '../shared/domain-error.ts';
import { pointer, RuleBroken, Violations } from '../shared/violation.ts';
import { TimeRange } from './time-range.ts';

/** The direction of a walk along (createdAt, id): newest first, or its exact reverse. */
export type Order = 'desc' | 'asc';

/** A place between two activities: right after the named one, in the order of the walk. */
export interface Position {
  readonly createdAt: Timestamp;
  readonly id: ActivityId;
}

/** Which activities are asked for. Different filters are AND, the values of one are OR, an empty one does not bind. */
export interface ActivityFilter {
  readonly userIds: readonly UserId[];
  readonly types: readonly ActivityType[];
  readonly createdAt: TimeRange;
}

/** One page of a walk over the activities that a filter lets through. */
export interface ActivityQuery {
  readonly filter: ActivityFilter;
  readonly order: Order;
  /** The most activities of the page, 1-500. */
  readonly limit: number;
  /** Where the page begins; undefined is the beginning of the walk. */
  readonly after: Position | undefined;
}

/** What a page shows. */
export interface ActivityPage {
  readonly activities: readonly UserActivity[];
  /** Whether at least one more follows. */
  readonly hasMore: boolean;
}

/** The raw parameters of a question, each with all the values it was given. */
export type QueryParameters = Readonly<Record<string, readonly string[]>>;

const mostValues = 20;
const mostLimit = 500;
const defaultLimit = 50;
const known: ReadonlySet<string> = new Set(['userId', 'type', 'from', 'to', 'order', 'limit']);

export const ActivityQuery = {
  /**
   * Reads `userId`, `type` (each up to 20 values), `from`, `to` (RFC 3339), `order` and `limit`. Nothing is clamped: a
   * value out of range, a second value where one is due and an unknown name are violations.
   * Throws INVALID_QUERY with every violation, by `/name`.
   */
  parse(parameters: QueryParameters): Omit<ActivityQuery, 'after'> {
    const violations = new Violations();
    for (const name of Object.keys(parameters)) {
      if (!known.has(name)) violations.add(pointer('', name), 'is not a known parameter');
    }
    const many = <Value>(name: string, parse: (raw: unknown) => Value): readonly Value[] =>
      violations.check(`/${name}`, () => {
        const values = parameters[name] ?? [];
        if (values.length > mostValues) throw new RuleBroken(`must be given at most ${mostValues} times`);
        return [...new Set(values.map((value) => parse(value)))];
      }) ?? [];
    const one = <Value>(name: string, parse: (raw: string) => Value): Value | undefined =>
      violations.check(`/${name}`, () => {
        const [value, ...more] = parameters[name] ?? [];
        if (more.length > 0) throw new RuleBroken('must be given once');
        return value === undefined ? undefined : parse(value);
      });
    const from = one('from', (raw) => Timestamp.parse(raw));
    const to = one('to', (raw) => Timestamp.parse(raw));
    const query = {
      filter: {
        userIds: many('userId', (raw) => UserId.parse(raw)),
        types: many('type', (raw) => ActivityType.parse(raw)),
        createdAt:
          violations.check('/to', () => TimeRange.between(from, to)) ??
          TimeRange.between(undefined, undefined),
      },
      order: one('order', parseOrder) ?? 'desc',
      limit: one('limit', parseLimit) ?? defaultLimit,
    };
    if (violations.list.length > 0) {
      throw new DomainError('INVALID_QUERY', 'The query breaks a rule.', { violations: violations.list });
    }
    return query;
  },
};

function parseOrder(raw: string): Order {
  if (raw !== 'desc' && raw !== 'asc') throw new RuleBroken('must be "desc" or "asc"');
  return raw;
}

function parseLimit(raw: string): number {
  const limit = /^[1-9]\d{0,2}$/.test(raw) ? Number(raw) : Number.NaN;
  if (!(limit <= mostLimit)) throw new RuleBroken(`must be a whole number from 1 to ${mostLimit}`);
  return limit;
}
