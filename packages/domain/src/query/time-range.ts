import type { Timestamp } from '../activity/timestamp.ts';
import { RuleBroken } from '../shared/violation.ts';

/** A half-open span of time: `from` belongs to it, `to` does not; a bound that is left out does not bind. */
export class TimeRange {
  readonly from: Timestamp | undefined;
  readonly to: Timestamp | undefined;

  private constructor(from: Timestamp | undefined, to: Timestamp | undefined) {
    this.from = from;
    this.to = to;
  }

  /** Says no by `RuleBroken` when it ends before it begins. Of no length is fine: nothing lies in it. */
  static between(from: Timestamp | undefined, to: Timestamp | undefined): TimeRange {
    if (from !== undefined && to !== undefined && to < from)
      throw new RuleBroken('must not be before "from": swap the two');
    return new TimeRange(from, to);
  }

  holds(moment: Timestamp): boolean {
    return (this.from === undefined || moment >= this.from) && (this.to === undefined || moment < this.to);
  }
}
