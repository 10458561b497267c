import type { ActivityId } from '../activity/activity-id.ts';

/**
 * Makes ids for activities.
 *  I1 Valid   every id passes `ActivityId.parse`.
 *  I2 Unique  no id is made twice, across generators and processes.
 *  I3 Rising  the ids of one generator rise bytewise, so ids of one millisecond sort in the order in which they were made.
 *  I4 Digest  `sha256` returns the SHA-256 of the UTF-8 of a text, in base64url (RFC 4648, section 5) without padding.
 */
export interface IdGenerator {
  next(): ActivityId;
  /** Used to derive ids from other values; see I4. */
  sha256(text: string): string;
}
