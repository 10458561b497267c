import type { Timestamp } from '../activity/timestamp.ts';
import { RuleBroken } from '../shared/violation.ts';

/** A half-open span of time: it includes `from` and excludes `to`. An undefined bound means no limit. */
export class TimeRange {
  readonly from: Timestamp | undefined;
  readonly to: Timestamp | undefined;

  private constructor(from: Timestamp | undefined, to: Timestamp | undefined) {
    this.from = from;
    this.to = to;
  }

  /** Throws RuleBroken if `to` is before `from`. An empty range is allowed. */
  static between(from: Timestamp | undefined, to: Timestamp | undefined): TimeRange {
    if (from !== undefined && to !== undefined && to < from)
      throw new RuleBroken('must not be before "from": swap the two');
    return new TimeRange(from, to);
  }

  /** Returns whether the moment is in the range. */
  holds(moment: Timestamp): boolean {
    return (this.from === undefined || moment >= this.from) && (this.to === undefined || moment < this.to);
  }
}
