import {
  type ActivityFilter,
  type ActivityRepository,
  DomainError,
  type KeyCount,
  keyedBySlot,
  type KeyField,
  type StatsQuery,
  TimeRange,
  Timestamp,
  type TimeUnit,
  TimeZone,
  unitMs,
} from '@user-activity/domain';
import { askTheStore } from './ask-the-store.ts';

// A week by the minute is 10,080, two years by the hour are 17,544.
const mostSlots = 20_000;
/** As much, in words. */
const longest: Readonly<Record<TimeUnit, string>> = { minute: '13 days', hour: '833 days', day: '54 years' };
const larger: Readonly<Record<TimeUnit, string>> = {
  minute: ', or count by "hour" or "day"',
  hour: ', or count by "day"',
  day: '',
};
const mostKeys = 10_000;

/**
 * How many activities there are of each type or user, the most frequent first, then by the key (code points); or in each minute,
 * hour or day, in the order of time. What has none is left out.
 * Throws QUERY_TOO_BROAD where the activities span more than 20,000 units of time, or have more than 10,000 types or users;
 * STORE_UNAVAILABLE, and STORE_TIMEOUT with what to narrow.
 */
export type ActivityStats = (query: StatsQuery) => Promise<readonly KeyCount[]>;

export const makeActivityStats = ({
  repository,
}: {
  readonly repository: ActivityRepository;
}): ActivityStats =>
  async function activityStats(query) {
    return askTheStore(query.filter, () =>
      'timeZone' in query
        ? overTime(repository, query.filter, query.by, query.timeZone)
        : mostFrequent(repository, query.filter, query.by),
    );
  };

async function mostFrequent(
  repository: ActivityRepository,
  filter: ActivityFilter,
  field: KeyField,
): Promise<readonly KeyCount[]> {
  const counts = await repository.countByKey(filter, field, mostKeys);
  if (counts === 'too-many') {
    const [what, other] = field === 'type' ? ['types', 'userId'] : ['users', 'type'];
    throw tooBroad(
      `counts more than ${mostKeys} ${what}: narrow it by "from" and "to", "${field}" or "${other}"`,
    );
  }
  return counts.toSorted((a, b) => b.count - a.count || byCodePoints(a.key, b.key));
}

async function overTime(
  repository: ActivityRepository,
  filter: ActivityFilter,
  unit: TimeUnit,
  zone: TimeZone,
): Promise<readonly KeyCount[]> {
  const span = await spanOf(repository, filter, unit);
  if (span === undefined) return [];
  if (!spansFewEnough(span, unit)) {
    throw tooBroad(
      `spans more than ${mostSlots} ${unit}s: give "from" and "to" at most ${longest[unit]} apart${larger[unit]}`,
    );
  }
  const slots = { unitMs: unitMs[unit], offsets: TimeZone.offsetsBetween(zone, span.first, span.last) };
  // Nothing that is saved meanwhile lies where the offsets are not known.
  const counts = await repository.countBySlot({ ...filter, createdAt: rangeOf(span) }, slots);
  return keyedBySlot(unit, zone, slots, counts);
}

/** The time from the first to the last moment, both inclusive. */
interface Span {
  readonly first: Timestamp;
  readonly last: Timestamp;
}

const spansFewEnough = ({ first, last }: Span, unit: TimeUnit): boolean =>
  last - first < mostSlots * unitMs[unit];

/** A span that holds what is counted: the first that is short enough, of those that take ever longer to be found. */
async function spanOf(
  repository: ActivityRepository,
  filter: ActivityFilter,
  unit: TimeUnit,
): Promise<Span | undefined> {
  const given = spanGiven(filter.createdAt);
  if (given !== undefined && spansFewEnough(given, unit)) return given;
  const found = await spanFound(repository, { ...filter, metadata: [] });
  const isExact = found === undefined || filter.metadata.length === 0;
  return isExact || spansFewEnough(found, unit) ? found : spanFound(repository, filter);
}

function spanGiven({ from, to }: TimeRange): Span | undefined {
  if (from === undefined || to === undefined || from === to) return undefined;
  return { first: from, last: Timestamp.fromMillis(to - 1) };
}

/** The span of what there is. */
async function spanFound(repository: ActivityRepository, filter: ActivityFilter): Promise<Span | undefined> {
  const page = { filter, limit: 1, after: undefined };
  const [oldest, newest] = await Promise.all([
    repository.find({ ...page, order: 'asc' }),
    repository.find({ ...page, order: 'desc' }),
  ]);
  const [first, last] = [oldest.activities[0]?.createdAt, newest.activities[0]?.createdAt];
  return first === undefined || last === undefined ? undefined : { first, last };
}

/** The span as a half-open range; behind the last moment that there can be is nothing to be left out. */
function rangeOf({ first, last }: Span): TimeRange {
  const isLatest = Timestamp.toISO(last) === '9999-12-31T23:59:59.999Z';
  return TimeRange.between(first, isLatest ? undefined : Timestamp.fromMillis(last + 1));
}

const tooBroad = (message: string): DomainError =>
  new DomainError('QUERY_TOO_BROAD', `The query is too broad: it ${message}.`, {
    violations: [{ path: '/by', message }],
  });

/** By their code points, which is also bytewise in UTF-8; JavaScript's own order is that of UTF-16. */
function byCodePoints(one: string, other: string): number {
  let index = 0;
  while (index < one.length && one.charCodeAt(index) === other.charCodeAt(index)) index += 1;
  // In the second half of a pair both are in it: the first halves were equal.
  return (one.codePointAt(index) ?? -1) - (other.codePointAt(index) ?? -1);
}
