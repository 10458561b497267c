import type { Timestamp } from '../activity/timestamp.ts';

/**
 * Tells the time.
 *  C1 Plausible  `now` lies between two readings of the machine's own UTC clock taken around it, in whole milliseconds.
 */
export interface Clock {
  now(): Timestamp;
}
