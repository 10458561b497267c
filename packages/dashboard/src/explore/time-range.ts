/** A time range, in ms since 1970. `from` is undefined if the range has no start, and `to` if it has no end. */
export interface TimeRange {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** The time ranges to choose from. All of them end now. */
export const quickRanges: readonly (readonly [from: string, label: string])[] = [
  ['-15m', 'Last 15 minutes'],
  ['-1h', 'Last hour'],
  ['-6h', 'Last 6 hours'],
  ['-24h', 'Last 24 hours'],
  ['-7d', 'Last 7 days'],
  ['-30d', 'Last 30 days'],
  ['-90d', 'Last 90 days'],
  ['all', 'All time'],
];

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Returns the `from` of the shortest range in `quickRanges` that contains a moment. */
export const quickRangeFor = (moment: number, now: number): string =>
  quickRanges.find(([from]) => moment >= (parseTime(from, now) ?? -Infinity))?.[0] ?? 'all';

/** Returns true if a text from the URL is a time or `all`. */
export const isRangeText = (text: string): boolean => text === 'all' || parseTime(text, 0) !== undefined;

/** The service accepts activities up to this far in the future. */
const maxAheadMs = 5 * 60_000;

/**
 * Converts two texts from the URL to a time range. Each is a relative time such as `-24h`, RFC 3339 or a date. Any other `from`, such as
 * `all`, gives a range without a start. Any other `to` gives a range that ends 5 minutes from now, so that it includes activities whose
 * time is in the future.
 */
export function resolveRange(from: string, to: string, now: number): TimeRange {
  return { from: parseTime(from, now), to: parseTime(to, now) ?? now + maxAheadMs };
}

function parseTime(text: string, now: number): number | undefined {
  const [, amount, unit = ''] = /^-(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (unitMs[unit] ?? 0);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}

/** Returns the range as the parameters `from` and `to` of a request to the service. */
export const rangeParameter = ({ from, to }: TimeRange): { readonly from?: Date; readonly to?: Date } => ({
  ...(from !== undefined && { from: new Date(from) }),
  ...(to !== undefined && { to: new Date(to) }),
});
