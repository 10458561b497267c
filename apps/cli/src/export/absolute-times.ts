import type { ActivityFilter } from '@user-activity/client';

const relativeTime = /^-(\d{1,9})([smhdw])$/;
const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Replaces relative times, such as `-24h`, with absolute ones, so that all requests of an export select the same time range. */
export function withAbsoluteTimes({ from, to, ...others }: ActivityFilter): ActivityFilter {
  const now = Date.now();
  return {
    ...others,
    ...(from === undefined ? {} : { from: toAbsolute(from, now) }),
    ...(to === undefined ? {} : { to: toAbsolute(to, now) }),
  };
}

function toAbsolute(time: string | Date, now: number): string | Date {
  if (time === 'now') return new Date(now);
  const [, count, unit = ''] = typeof time === 'string' ? (relativeTime.exec(time) ?? []) : [];
  return count === undefined ? time : new Date(now - Number(count) * (unitMs[unit] ?? 0));
}
