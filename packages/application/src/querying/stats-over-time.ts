import {
  type ActivityFilter,
  ActivityQuery,
  type ActivityRepository,
  DomainError,
  type KeyCount,
  maxTimeLines,
  type Order,
  slotMs,
  TimeLines,
  TimeRange,
  Timestamp,
  type TimeUnit,
  timeUnits,
  TimeZone,
} from '@user-activity/domain';

/** 54 years: about as many days as there may be lines. A zone changes its clock some hundred times in them. */
const partMs = 54 * 365.25 * 86_400_000;

export interface OverTimeDeps {
  readonly repository: ActivityRepository;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
  /** After this time no further part is counted. */
  readonly maxMs: number;
}

/** Makes the error for stats with too many lines. The message names the limit and the remedy. */
export const tooBroad = (message: string): DomainError =>
  new DomainError('QUERY_TOO_BROAD', `The query is too broad: it ${message}.`, {
    violations: [{ path: '/by', message }],
  });

/** Returns the lines in the order of time. Throws QUERY_TOO_BROAD if there are too many. */
export async function statsOverTime(
  { repository, now, maxMs }: OverTimeDeps,
  filter: ActivityFilter,
  unit: TimeUnit,
  zone: TimeZone,
): Promise<readonly KeyCount[]> {
  const end = now() + maxMs;
  const lines = new TimeLines(unit, zone);
  for await (const { first, last } of partsOf(repository, filter)) {
    if (now() > end) throw new DomainError('STORE_TIMEOUT', 'The store took too long over the question.');
    const slots = { unitMs: slotMs[unit], offsets: TimeZone.offsetsBetween(zone, first, last) };
    // Activities saved meanwhile may lie where the offsets are unknown, so count within the span only.
    const part = filter.with({ createdAt: rangeOf({ first, last }) });
    const counts = await repository.countBySlot(part, slots, lines.maxSlots(maxTimeLines, slots));
    if (counts === 'too-many') throw tooManyLines(unit);
    lines.add(slots, counts);
    if (lines.size > maxTimeLines) throw tooManyLines(unit);
  }
  return lines.inOrder();
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

function tooManyLines(unit: TimeUnit): DomainError {
  const larger = timeUnits.slice(timeUnits.indexOf(unit) + 1).map((name) => `"${name}"`);
  const others = [larger.slice(0, -1).join(', '), ...larger.slice(-1)].filter((text) => text !== '');
  const orElse = others.length === 0 ? '' : `, or count by ${others.join(' or ')}`;
  return tooBroad(
    `counts more than ${maxTimeLines} ${unit}s: bring "from" and "to" closer together${orElse}`,
  );
}
