import { isSameJson, type JsonObject } from '../shared/json.ts';
import type { ActivityType } from './activity-type.ts';
import type { Timestamp } from './timestamp.ts';
import type { UserId } from './user-id.ts';

/**
 * How an activity relates to an earlier one with the same id:
 *  - `redelivered`  it is the same record, delivered by the log again;
 *  - `duplicate`    it is the same fact, sent again by a client;
 *  - `conflict`     it is a different fact.
 */
export type Comparison = 'redelivered' | 'duplicate' | 'conflict';

/** The values of an activity that are compared with `===`. */
interface Facts {
  readonly userId: UserId;
  readonly type: ActivityType;
  readonly createdAt: Timestamp;
  readonly receivedAt: Timestamp;
}

/** The member of metadata that keeps the client's original input if the service changed it. */
const original = 'original';

/** Compares two activities with the same id; see `UserActivity.compare`. Calls `haveSameMetadata` last, because it takes the longest. */
export function comparisonOf(first: Facts, second: Facts, haveSameMetadata: () => boolean): Comparison {
  const haveSameTime = first.createdAt === second.createdAt;
  const isSameFact =
    first.userId === second.userId &&
    first.type === second.type &&
    (haveSameTime || isUndated(first) || isUndated(second)) &&
    haveSameMetadata();
  if (!isSameFact) return 'conflict';
  return haveSameTime && first.receivedAt === second.receivedAt ? 'redelivered' : 'duplicate';
}

/** Returns whether two activities have the same metadata, ignoring the member `original`. */
export const isSameMetadata = (first: JsonObject, second: JsonObject): boolean =>
  isSameJson(withoutOriginal(first), withoutOriginal(second));

function withoutOriginal(metadata: JsonObject): JsonObject {
  if (!Object.hasOwn(metadata, original)) return metadata;
  const { [original]: _kept, ...rest } = metadata;
  return rest;
}

/** Returns whether the client sent no createdAt, or exactly the time of receipt. Then createdAt is not compared. */
const isUndated = ({ createdAt, receivedAt }: Facts): boolean => createdAt === receivedAt;
