import { ActivityId, type IdGenerator } from '@user-activity/domain';
import { v7 } from 'uuid';

/** Makes UUIDs of version 7 (RFC 9562): they begin with the time, so those that are made later sort later. */
export class UuidIds implements IdGenerator {
  next(): ActivityId {
    return ActivityId.trusted(v7());
  }
}
