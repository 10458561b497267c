import type { ActivityId } from '../activity/activity-id.ts';

/**
 * Makes ids for activities that came without one.
 *  I1 Valid   every id passes `ActivityId.parse`.
 *  I2 Unique  no id is made twice, across generators and processes.
 *  I3 Rising  ids of one generator rise bytewise, so that those of one millisecond list in the order of their making.
 */
export interface IdGenerator {
  next(): ActivityId;
}
