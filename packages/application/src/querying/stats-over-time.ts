import {
  type ActivityFilter,
  ActivityQuery,
  type ActivityRepository,
  DomainError,
  type KeyField,
  maxTimeLines,
  type Order,
  type SeriesSlotCount,
  slotMs,
  type TimeLine,
  TimeLines,
  TimeRange,
  Timestamp,
  type TimeSlots,
  type TimeUnit,
  TimeZone,
} from '@user-activity/domain';
import { type Series, seriesOf } from './stats-series.ts';
import { tooManyLines } from './too-broad.ts';

/**
 * The longest period that one query of the store covers, in milliseconds: 54 years. It has nearly 20,000 days, and there may be 20,000 lines.
 * In this period, a time zone changes its offset about a hundred times. The query contains all these changes.
 */
const partMs = 54 * 365.25 * 86_400_000;

export interface OverTimeDeps {
  readonly repository: ActivityRepository;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
  /** The time limit in milliseconds. After it, no further query of the store begins. */
  readonly maxMs: number;
}

/**
 * Counts activities by a unit of time. Returns one line for each unit, in the order of time. With a field, returns one line for each unit and
 * each type or user. Throws QUERY_TOO_BROAD if there are too many lines, and STORE_TIMEOUT after `maxMs`.
 */
export async function statsOverTime(
  { repository, now, maxMs }: OverTimeDeps,
  filter: ActivityFilter,
  unit: TimeUnit,
  zone: TimeZone,
  field?: KeyField,
): Promise<readonly TimeLine[]> {
  const end = now() + maxMs;
  const assertInTime = (): void => {
    if (now() > end) throw new DomainError('STORE_TIMEOUT', 'The store took too long to answer the query.');
  };
  const series = field && (await seriesOf(repository, filter, field));
  const lines = new TimeLines(unit, zone);
  for await (const { first, last } of partsOf(repository, filter)) {
    assertInTime();
    const slots = { unitMs: slotMs[unit], offsets: TimeZone.offsetsBetween(zone, first, last) };
    // Counts only within the span. Outside it, where activities may be saved meanwhile, the offsets of the zone are unknown.
    const part = filter.with({ createdAt: rangeOf({ first, last }) });
    const maxSlots = lines.maxSlots(maxTimeLines, slots, series?.length);
    const counts = await (series === undefined
      ? repository.countBySlot(part, slots, maxSlots)
      : countSeries(repository, series, part, slots, maxSlots, assertInTime));
    if (counts === 'too-many') throw tooManyLines(maxTimeLines, unit, field);
    lines.add(slots, counts);
    if (lines.size > maxTimeLines) throw tooManyLines(maxTimeLines, unit, field);
  }
  return lines.inOrder();
}

/** Counts activities by time slot for each series in turn. Returns 'too-many' if the series have more than `maxSlots` slots together. */
async function countSeries(
  repository: ActivityRepository,
  series: readonly Series[],
  part: ActivityFilter,
  slots: TimeSlots,
  maxSlots: number,
  assertInTime: () => void,
): Promise<readonly SeriesSlotCount[] | 'too-many'> {
  const counts: SeriesSlotCount[] = [];
  for (const { key, of } of series) {
    assertInTime();
    const found = await repository.countBySlot(of(part), slots, maxSlots - counts.length);
    if (found === 'too-many') return 'too-many';
    for (const count of found) counts.push({ ...count, series: key });
  }
  return counts;
}

/** The span of time from the first to the last moment, both inclusive. */
interface Span {
  readonly first: Timestamp;
  readonly last: Timestamp;
}

/** Splits the time from the oldest to the newest activity into parts of at most 54 years, in order. Skips years without activities. */
async function* partsOf(repository: ActivityRepository, filter: ActivityFilter): AsyncGenerator<Span> {
  const bounded = spanOf(filter.createdAt);
  if (bounded !== undefined && bounded.last - bounded.first < partMs) {
    yield bounded;
    return;
  }
  // Ignores conditions on metadata, because no index serves them and these queries must be fast.
  const anyMetadata = filter.with({ metadata: [] });
  const [newest, oldest] = await Promise.all([
    timeOfFirst(repository, anyMetadata, 'desc'),
    timeOfFirst(repository, anyMetadata, 'asc'),
  ]);
  if (newest === undefined) return;
  for (let first = oldest; first !== undefined; ) {
    const last = Timestamp.fromMillis(Math.min(first + partMs - 1, newest));
    yield { first, last };
    if (last === newest) return;
    const createdAt = rangeOf({ first: Timestamp.fromMillis(last + 1), last: newest });
    first = await timeOfFirst(repository, anyMetadata.with({ createdAt }), 'asc');
  }
}

/** Converts a half-open range to a span. Returns undefined if the range is empty or has an open end. */
function spanOf({ from, to }: TimeRange): Span | undefined {
  if (from === undefined || to === undefined || from === to) return undefined;
  return { first: from, last: Timestamp.fromMillis(to - 1) };
}

/** Returns the time of the activity that is first in the given order, or undefined if no activity matches the filter. */
async function timeOfFirst(
  repository: ActivityRepository,
  filter: ActivityFilter,
  order: Order,
): Promise<Timestamp | undefined> {
  const { activities } = await repository.find(ActivityQuery.of({ filter, order, limit: 1 }));
  return activities[0]?.createdAt;
}

/** Converts a span to a half-open range. If the span ends with the last moment of the calendar, the range has no end. */
function rangeOf({ first, last }: Span): TimeRange {
  const isLatest = Timestamp.toISO(last) === '9999-12-31T23:59:59.999Z';
  return TimeRange.between(first, isLatest ? undefined : Timestamp.fromMillis(last + 1));
}
