import type { Timestamp } from '../activity/timestamp.ts';

/**
 * Tells the time.
 *  C1 Plausible  `now` lies between two readings of the machine's UTC clock taken before and after it, in whole milliseconds.
 */
export interface Clock {
  now(): Timestamp;
}
