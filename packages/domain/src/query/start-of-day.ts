import { Timestamp } from '../activity/timestamp.ts';
import { unlessBroken } from '../shared/violation.ts';
import { TimeZone } from './time-zone.ts';

/** A day. No zone's clock ever differed as much from UTC: the largest offset was 15 hours and 56 minutes (Asia/Manila until 1844). */
const maxOffsetMs = 86_400_000;

/**
 * Returns the first moment of a day by the clock of the zone. `midnight` is the start of the same day in UTC. If the clock of the zone skips
 * midnight, the day starts after the gap. If it shows midnight twice, the day starts at the first one.
 */
export function startOfDay(midnight: Timestamp, zone: TimeZone): Timestamp {
  if (zone === TimeZone.utc) return midnight;
  // Near either end of the calendar, a moment may be out of range. Then midnight takes its place.
  const near = (millis: number): Timestamp => unlessBroken(() => Timestamp.fromMillis(millis)) ?? midnight;
  const offsets = TimeZone.offsetsBetween(zone, near(midnight - maxOffsetMs), near(midnight + maxOffsetMs));
  const candidates = offsets.map(({ from, offsetMs }) => Math.max(from, midnight - offsetMs));
  const start = candidates.find(
    (moment, index) => moment < (offsets[index + 1]?.from ?? Number.POSITIVE_INFINITY),
  );
  return Timestamp.fromMillis(start ?? midnight);
}
