import type { RetentionDays } from '@user-activity/domain';
import type { Db, IndexDescriptionInfo } from 'mongodb';

const collection = 'activities';
/** The key of the TTL index, by which MongoDB itself removes old activities. A TTL index can have only one field. */
const ttlKey = { createdAt: 1 } as const;
const ttlName = 'createdAt_1';
const daySeconds = 24 * 60 * 60;
const maxSeconds = 2 ** 31 - 1;

/**
 * Makes MongoDB remove activities that are older than `days`, by a TTL index. Changes our existing index in place. Drops it if `days` is
 * undefined, or more than 24,855, which is the maximum of a TTL index. If an operator has created an index with the same name or key,
 * it stays as it is, and there is no TTL index. The service also removes old activities without a TTL index. Building the index does not
 * block reads and writes. If this call times out, MongoDB continues to build the index.
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
  } else if (!indexes.some(blocksTtlIndex))
    await db
      .collection(collection)
      .createIndexes([{ key: { ...ttlKey }, expireAfterSeconds }], { commitQuorum: 'majority' });
}

/** Returns whether the service created the index. Such an index has our key and name, an expiry, and no other option. */
function isOurs({ v: _version, key, name, expireAfterSeconds, ...options }: IndexDescriptionInfo): boolean {
  const hasOurKey = hasTtlKey(key) && name === ttlName;
  return hasOurKey && expireAfterSeconds !== undefined && Object.keys(options).length === 0;
}

const blocksTtlIndex = ({ key, name }: IndexDescriptionInfo): boolean => name === ttlName || hasTtlKey(key);

const hasTtlKey = (key: object): boolean => JSON.stringify(key) === JSON.stringify(ttlKey);
