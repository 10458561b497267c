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

/** 54 years: about as many days as there may be lines. A zone changes its clock some hundred times in them. */
const partMs = 54 * 365.25 * 86_400_000;

export interface OverTimeDeps {
  readonly repository: ActivityRepository;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
  /** After this time no further part and no further series is counted. */
  readonly maxMs: number;
}

/** Returns the lines in the order of time, of all activities or of each series. Throws QUERY_TOO_BROAD if there are too many. */
export async function statsOverTime(
  { repository, now, maxMs }: OverTimeDeps,
  filter: ActivityFilter,
  unit: TimeUnit,
  zone: TimeZone,
  field?: KeyField,
): Promise<readonly TimeLine[]> {
  const end = now() + maxMs;
  const assertInTime = (): void => {
    if (now() > end) throw new DomainError('STORE_TIMEOUT', 'The store took too long over the question.');
  };
  const series = field && (await seriesOf(repository, filter, field));
  const lines = new TimeLines(unit, zone);
  for await (const { first, last } of partsOf(repository, filter)) {
    assertInTime();
    const slots = { unitMs: slotMs[unit], offsets: TimeZone.offsetsBetween(zone, first, last) };
    // Activities saved meanwhile may lie where the offsets are unknown, so count within the span only.
    const part = filter.with({ createdAt: rangeOf({ first, last }) });
    const maxSlots = lines.maxSlots(maxTimeLines, slots, series?.length);
    const counts = await (series === undefined
      ? repository.countBySlot(part, slots, maxSlots)
      : countEach(repository, series, part, slots, maxSlots, assertInTime));
    if (counts === 'too-many') throw tooManyLines(maxTimeLines, unit, field);
    lines.add(slots, counts);
    if (lines.size > maxTimeLines) throw tooManyLines(maxTimeLines, unit, field);
  }
  return lines.inOrder();
}

/** Counts the slots of each series, one series after the other. Returns 'too-many' if they have more than `maxSlots` together. */
async function countEach(
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

/** Splits the time that holds the activities into parts, in their order. Each part begins at an activity. */
async function* partsOf(repository: ActivityRepository, filter: ActivityFilter): AsyncGenerator<Span> {
  const bounded = spanOf(filter.createdAt);
  if (bounded !== undefined && bounded.last - bounded.first < partMs) {
    yield bounded;
    return;
  }
  // Conditions on metadata would make these queries slow searches.
  const anyMetadata = filter.with({ metadata: [] });
  const [newest, oldest] = await Promise.all([
    endOf(repository, anyMetadata, 'desc'),
    endOf(repository, anyMetadata, 'asc'),
  ]);
  if (newest === undefined) return;
  for (let first = oldest; first !== undefined; ) {
    const last = Timestamp.fromMillis(Math.min(first + partMs - 1, newest));
    yield { first, last };
    if (last === newest) return;
    const createdAt = rangeOf({ first: Timestamp.fromMillis(last + 1), last: newest });
    first = await endOf(repository, anyMetadata.with({ createdAt }), 'asc');
  }
}

/** Returns undefined if the range is open or empty. */
function spanOf({ from, to }: TimeRange): Span | undefined {
  if (from === undefined || to === undefined || from === to) return undefined;
  return { first: from, last: Timestamp.fromMillis(to - 1) };
}

/** Returns the time of the first activity in an order. */
async function endOf(
  repository: ActivityRepository,
  filter: ActivityFilter,
  order: Order,
): Promise<Timestamp | undefined> {
  const { activities } = await repository.find(ActivityQuery.of({ filter, order, limit: 1 }));
  return activities[0]?.createdAt;
}

/** Makes a half-open range of a span. The last moment of the calendar has no next one, so its range has no end. */
function rangeOf({ first, last }: Span): TimeRange {
  const isLatest = Timestamp.toISO(last) === '9999-12-31T23:59:59.999Z';
  return TimeRange.between(first, isLatest ? undefined : Timestamp.fromMillis(last + 1));
}
