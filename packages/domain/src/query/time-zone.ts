import type { Timestamp } from '../activity/timestamp.ts';
import type { Brand } from '../shared/brand.ts';
import { wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';
import { offsetFormat, ZoneClock, type ZoneOffset } from './zone-clock.ts';

/** The name of a zone of the IANA time zone database (RFC 6557), such as `Europe/Berlin`, as the runtime writes it. */
export type TimeZone = Brand<string, 'TimeZone'>;

/** An offset alone, such as `+01:00`, is no zone of the database, although runtimes take it. */
const name = /^[a-z][a-z0-9_+/-]{0,63}$/i;
const unknownZone = 'must be a time zone of the IANA database such as Europe/Berlin';

/** A clock takes up to 100 KB. */
const maxClocks = 32;
/** The clocks that were asked last, the latest at the end. */
const clocks = new Map<TimeZone, ZoneClock>();

export const TimeZone = {
  /** Where clocks show UTC. */
  utc: 'UTC' as TimeZone,
  /** Takes the name of a zone or a link, in upper or lower case; says no by `RuleBroken`. */
  parse(raw: unknown): TimeZone {
    const text = wellFormedText(raw, 64, unknownZone);
    try {
      const known = name.test(text) ? offsetFormat(text) : undefined;
      if (known !== undefined) return known.resolvedOptions().timeZone as TimeZone;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    throw new RuleBroken(unknownZone);
  },
  /**
   * The offsets that are in force between two moments (both inclusive), exact to the second, in the order of time. The first
   * is from `first` on. Half a century is 10,000 looks at the zone, 10 ms, unless it was asked for before.
   */
  offsetsBetween(zone: TimeZone, first: Timestamp, last: Timestamp): readonly ZoneOffset[] {
    const clock = clocks.get(zone) ?? new ZoneClock(zone);
    clocks.delete(zone);
    clocks.set(zone, clock);
    for (const oldest of clocks.keys()) {
      if (clocks.size <= maxClocks) break;
      clocks.delete(oldest);
    }
    return clock.offsetsBetween(first, last);
  },
};
