import type { ActivityId } from '../activity/activity-id.ts';

/**
 * Makes ids for activities that came without one.
 *  I1 Valid   every id passes `ActivityId.parse`.
 *  I2 Unique  no id is made twice, across generators and processes.
 *  I3 Rising  the ids of one generator rise bytewise, so ids of one millisecond sort in the order in which they were made.
 */
export interface IdGenerator {
  next(): ActivityId;
}
