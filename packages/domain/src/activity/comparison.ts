import { isSameJson, type JsonObject } from '../shared/json.ts';
import type { ActivityType } from './activity-type.ts';
import type { Timestamp } from './timestamp.ts';
import type { UserId } from './user-id.ts';

/**
 * What an activity is to an earlier one of the same id:
 *  - `redelivered`  the very same, delivered by the log again;
 *  - `duplicate`    the same fact, sent again by a client;
 *  - `conflict`     another fact.
 */
export type Comparison = 'redelivered' | 'duplicate' | 'conflict';

/** The values of an activity that are compared as they are. */
interface Facts {
  readonly userId: UserId;
  readonly type: ActivityType;
  readonly createdAt: Timestamp;
  readonly receivedAt: Timestamp;
}

/** The member of metadata that keeps what a client sent, before the service mended it. */
const original = 'original';

/**
 * Tells what the second is to the first, of two activities with one id. They are the same fact if user, type and metadata agree,
 * and createdAt too if a client gave one to both. Metadata is compared last, as it takes the longest.
 */
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

/** Whether the metadata of two activities is that of the same fact: the member `original` of either does not count. */
export const isSameMetadata = (first: JsonObject, second: JsonObject): boolean =>
  isSameJson(withoutOriginal(first), withoutOriginal(second));

function withoutOriginal(metadata: JsonObject): JsonObject {
  if (!Object.hasOwn(metadata, original)) return metadata;
  const { [original]: _kept, ...rest } = metadata;
  return rest;
}

/** Whether the time of the fact counts as the service's own: no client gave one, or gave the very time of receipt. */
const isUndated = ({ createdAt, receivedAt }: Facts): boolean => createdAt === receivedAt;
