import { type Clock, Timestamp } from '@user-activity/domain';

/** The clock of the machine. */
export class SystemClock implements Clock {
  now(): Timestamp {
    return Timestamp.fromMillis(Date.now());
  }
}
