import {
  type ActivityFilter,
  type ActivityRepository,
  DomainError,
  type KeyCount,
  type Order,
  slotMs,
  TimeLines,
  TimeRange,
  Timestamp,
  type TimeUnit,
  TimeZone,
} from '@user-activity/domain';
import { tooBroad } from './too-broad.ts';

// A week by the minute is 10,080, two years by the hour are 17,544.
const maxLines = 20_000;
/** The units of time, the larger the later. */
const units: readonly TimeUnit[] = ['minute', 'hour', 'day', 'week', 'month'];
/** 54 years: as many days as there may be lines, in which a zone changes its clock some hundred times. */
const partMs = 54 * 365.25 * 86_400_000;

/** What stats over time need, and how long they may take. */
export interface OverTimeDeps {
  readonly repository: ActivityRepository;
  /** A clock in milliseconds that never jumps. */
  readonly now: () => number;
  /** No part of a longer time is counted after that. */
  readonly maxMs: number;
}

/** The lines in the order of time. Throws QUERY_TOO_BROAD if there are too many. */
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
    // Nothing that is saved meanwhile lies where the offsets are not known.
    const part = { ...filter, createdAt: rangeOf({ first, last }) };
    const counts = await repository.countBySlot(part, slots, lines.maxSlots(maxLines, slots));
    if (counts === 'too-many') throw tooManyLines(unit);
    lines.add(slots, counts);
    if (lines.size > maxLines) throw tooManyLines(unit);
  }
  return lines.inOrder();
}

/** The time from the first to the last moment, both inclusive. */
interface Span {
  readonly first: Timestamp;
  readonly last: Timestamp;
}

/** The time that holds what is counted, in parts that follow each other. Each begins where there is something. */
async function* partsOf(repository: ActivityRepository, filter: ActivityFilter): AsyncGenerator<Span> {
  const given = spanGiven(filter.createdAt);
  if (given !== undefined && given.last - given.first < partMs) {
    yield given;
    return;
  }
  // Conditions on metadata would be searched for.
  const anyMetadata = { ...filter, metadata: [] };
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
    first = await endOf(repository, { ...anyMetadata, createdAt }, 'asc');
  }
}

function spanGiven({ from, to }: TimeRange): Span | undefined {
  if (from === undefined || to === undefined || from === to) return undefined;
  return { first: from, last: Timestamp.fromMillis(to - 1) };
}

/** When the first activity of an order was. */
async function endOf(
  repository: ActivityRepository,
  filter: ActivityFilter,
  order: Order,
): Promise<Timestamp | undefined> {
  const { activities } = await repository.find({ filter, order, limit: 1, after: undefined });
  return activities[0]?.createdAt;
}

/** The span as a half-open range; behind the last moment that there can be is nothing to be left out. */
function rangeOf({ first, last }: Span): TimeRange {
  const isLatest = Timestamp.toISO(last) === '9999-12-31T23:59:59.999Z';
  return TimeRange.between(first, isLatest ? undefined : Timestamp.fromMillis(last + 1));
}

function tooManyLines(unit: TimeUnit): DomainError {
  const larger = units.slice(units.indexOf(unit) + 1).map((one) => `"${one}"`);
  const others = [larger.slice(0, -1).join(', '), ...larger.slice(-1)].filter((text) => text !== '');
  const orElse = others.length === 0 ? '' : `, or count by ${others.join(' or ')}`;
  return tooBroad(`counts more than ${maxLines} ${unit}s: bring "from" and "to" closer together${orElse}`);
}
