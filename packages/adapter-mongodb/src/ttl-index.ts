import type { RetentionDays } from '@user-activity/domain';
import type { Db, IndexDescriptionInfo } from 'mongodb';

const collection = 'activities';
/** The key of the index by which MongoDB removes activities by itself. A TTL index can have one field only. */
const ttlKey = { createdAt: 1 } as const;
const ttlName = 'createdAt_1';
const daySeconds = 24 * 60 * 60;
const maxSeconds = 2 ** 31 - 1;

/**
 * Makes MongoDB remove activities that are older than these days, by a TTL index. Changes an existing index in place. Undefined drops it.
 * So do more than 24,855 days: a TTL index can't count them. An index of an operator with the same name or key stays as it is, and
 * prevents the TTL index. The service removes old activities without a TTL index too. The build of an index does not block reads and
 * writes. If this call gives up waiting for the build, MongoDB continues it.
 */
export async function keepTtlIndex(db: Db, days: RetentionDays | undefined): Promise<void> {
  const indexes = await db.collection(collection).indexes();
  const ours = indexes.find(isOurs);
  if (days === undefined || days * daySeconds > maxSeconds) {
    if (ours !== undefined) await db.collection(collection).dropIndex(ttlName);
    return;
  }
  const expireAfterSeconds = days * daySeconds;
  if (ours !== undefined) {
    if (ours.expireAfterSeconds !== expireAfterSeconds)
      await db.command({ collMod: collection, index: { keyPattern: ttlKey, expireAfterSeconds } });
  } else if (!indexes.some(isInTheWay))
    await db
      .collection(collection)
      .createIndexes([{ key: { ...ttlKey }, expireAfterSeconds }], { commitQuorum: 'majority' });
}

/** Returns whether the service made the index: it has our key and name, an expiry, and no other option. */
function isOurs({ v: _version, key, name, expireAfterSeconds, ...options }: IndexDescriptionInfo): boolean {
  const hasOurKey = hasTtlKey(key) && name === ttlName;
  return hasOurKey && expireAfterSeconds !== undefined && Object.keys(options).length === 0;
}

const isInTheWay = ({ key, name }: IndexDescriptionInfo): boolean => name === ttlName || hasTtlKey(key);

const hasTtlKey = (key: object): boolean => JSON.stringify(key) === JSON.stringify(ttlKey);
