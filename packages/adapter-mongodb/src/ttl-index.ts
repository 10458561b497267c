import type { RetentionDays } from '@user-activity/domain';
import type { Db } from 'mongodb';

const collection = 'activities';
/** The key of the index by which MongoDB removes activities by itself. A TTL index can have one field only. */
const ttlKey = { createdAt: 1 } as const;
const ttlName = 'createdAt_1';
const daySeconds = 24 * 60 * 60;
const maxSeconds = 2 ** 31 - 1;

/**
 * Makes MongoDB remove activities that are older than these days, by a TTL index. Changes an existing index in place. Undefined drops it.
 * So do more than 24,855 days: a TTL index can't count them, and the service removes such activities without it. The build of an index does not block reads and writes. If this call gives up waiting for the build, the next call waits again.
 */
export async function keepTtlIndex(db: Db, days: RetentionDays | undefined): Promise<void> {
  const existing = (await db.collection(collection).indexes()).find(({ name }) => name === ttlName);
  if (days === undefined || days * daySeconds > maxSeconds) {
    if (existing?.['expireAfterSeconds'] !== undefined) await db.collection(collection).dropIndex(ttlName);
    return;
  }
  const expireAfterSeconds = days * daySeconds;
  if (existing === undefined)
    await db
      .collection(collection)
      .createIndexes([{ key: { ...ttlKey }, expireAfterSeconds }], { commitQuorum: 'majority' });
  else if (existing['expireAfterSeconds'] !== expireAfterSeconds)
    await db.command({ collMod: collection, index: { keyPattern: ttlKey, expireAfterSeconds } });
}
