import type { Timestamp } from '../activity/timestamp.ts';
import type { Brand } from '../shared/brand.ts';
import { wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';
import { offsetFormat, ZoneClock, type ZoneOffset } from './zone-clock.ts';

/** The name of a zone in the IANA time zone database (RFC 6557), such as `Europe/Berlin`, in the runtime's spelling. */
export type TimeZone = Brand<string, 'TimeZone'>;

/** Excludes offsets such as `+01:00`: they are not zones of the database, although runtimes accept them. */
const name = /^[a-z][a-z0-9_+/-]{0,63}$/i;
const unknownZone = 'must be a time zone of the IANA database such as Europe/Berlin';

/** Limits the memory of the cache: one clock takes up to 100 KB. */
const maxClocks = 32;
/** A cache of the most recently used clocks, the latest one at the end. */
const clocks = new Map<TimeZone, ZoneClock>();

export const TimeZone = {
  utc: 'UTC' as TimeZone,
  /** Parses the name of a zone, or of an alias in the database, ignoring case. Throws RuleBroken if it is unknown. */
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
   * Returns the offsets from UTC that are in force between two moments (both inclusive), in the order of time. They are whole seconds. The
   * first one begins at `first`. Half a century takes 10 ms, because it needs 10,000 look-ups in the zone. The results are cached.
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
