/** A range of time, in ms since 1970. Undefined: without an end there. */
export interface TimeRange {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** Ranges that end now, to pick from. */
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

const lengths: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Returns the shortest range to pick that contains a moment. */
export const quickRangeFor = (moment: number, now: number): string =>
  quickRanges.find(([from]) => moment >= (momentOf(from, now) ?? -Infinity))?.[0] ?? 'all';

/** Returns whether a text of a URL names a time, or `all`. */
export const isRangeText = (text: string): boolean => text === 'all' || momentOf(text, 0) !== undefined;

/** How far the service lets activities be ahead of its clock. */
const maxAheadMs = 5 * 60_000;

/**
 * Returns the range between two times of a URL: a time ago such as `-24h`, RFC 3339, or a date; `all` has no beginning. A text that is none of
 * these counts as missing. A range without an end reaches as far as the service lets activities be ahead.
 */
export function resolveRange(from: string, to: string, now: number): TimeRange {
  return { from: momentOf(from, now), to: momentOf(to, now) ?? now + maxAheadMs };
}

function momentOf(text: string, now: number): number | undefined {
  const [, amount, unit = ''] = /^-(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (amount !== undefined) return now - Number(amount) * (lengths[unit] ?? 0);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : moment;
}

/** Returns the parameters of a range, for the service. */
export const rangeParameter = ({ from, to }: TimeRange): { readonly from?: Date; readonly to?: Date } => ({
  ...(from !== undefined && { from: new Date(from) }),
  ...(to !== undefined && { to: new Date(to) }),
});
