import { type Clock, Timestamp } from '@user-activity/domain';

/** The machine's clock. */
export class SystemClock implements Clock {
  now(): Timestamp {
    return Timestamp.fromMillis(Date.now());
  }
}
