import { LogId, ProjectId, UserDigest } from '@user-activity/domain';
import { letterOf, sampleActivities, sampleErasure } from '@user-activity/port-contracts';
import { inDatabase } from '@user-activity/test-kit';
import { mongodbUri } from '@user-activity/test-kit/shared';
import type { Db, Document } from 'mongodb';
import { expect, onTestFinished, test } from 'vitest';
import {
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoErasureLedger,
  MongoSettledOffsets,
  MongoTopicRegistry,
} from '../src/index.ts';
import { freshStore } from './mongo-subjects.ts';

// The order of a backup. The settled offsets come first, so that they are never ahead of the activities and dead letters in the backup.
// The erasures come before the activities, so that the backup has no activity that one of its finished erasures has removed.
const collections = ['settled', 'user_erasures', 'activities', 'dead_letters', 'topics'] as const;

type Backup = ReadonlyMap<string, readonly Document[]>;

/** Dumps one collection after the other. Awaits `before` before each. */
async function backupOf(db: Db, before: (name: string) => Promise<void> = async () => {}): Promise<Backup> {
  const backup = new Map<string, readonly Document[]>();
  for (const name of collections) {
    await before(name);
    // Numbers keep their types, as in a backup by mongodump.
    backup.set(name, await db.collection(name).find({}, { promoteValues: false }).toArray());
  }
  return backup;
}

async function restore(db: Db, backup: Backup): Promise<void> {
  for (const [name, documents] of [...backup].toReversed()) {
    await db.collection(name).deleteMany({});
    if (documents.length > 0) await db.collection(name).insertMany([...documents]);
  }
}

test('after a restore, a later step is refused, and the offsets are those of the backup', async () => {
  const { store, database, close } = await freshStore();
  onTestFinished(close);
  const settled = new MongoSettledOffsets(store);
  const repository = new MongoActivityRepository(store);
  const topics = new MongoTopicRegistry(store);
  const log = LogId.parse('log-1');
  const topic = { name: 'user-activity', partitions: 2, topicId: 'id-1' };
  /** Stores 10 records of partition 1, as the service does. */
  const storeFrom = async (from: number): Promise<boolean> => {
    const activities = sampleActivities(10);
    const origins = activities.map((_, index) => ({ log, partition: 1, offset: from + index }));
    await repository.save(activities, origins);
    return settled.settle({ log, partition: 1, from, to: from + activities.length });
  };
  await topics.register(topic, log);
  const start = 2 ** 40;
  await settled.begin(log, [5, start]);
  expect(await storeFrom(start)).toBe(true);
  await new MongoDeadLetterQueue(store).add([letterOf(1)]);
  const backup = await inDatabase(mongodbUri(), database, (db) => backupOf(db));

  expect(await storeFrom(start + 10)).toBe(true);
  expect(await storeFrom(start + 20)).toBe(true);
  await inDatabase(mongodbUri(), database, (db) => restore(db, backup));

  // The member that has settled up to + 30 learns that the store lacks records, and goes back to the offset of the backup.
  expect(await storeFrom(start + 30)).toBe(false);
  expect(await settled.find(log)).toEqual([5, start + 10]);
  expect(await settled.history()).toBe('tracked');
  expect(await topics.register({ ...topic, partitions: 9 }, LogId.parse('log-2'))).toEqual({
    partitions: 2,
    log,
    isFirst: true,
  });
  expect(await storeFrom(start + 10)).toBe(true);
  expect(await settled.find(log)).toEqual([5, start + 20]);
  expect(await store.deadLetters.countDocuments({ project: ProjectId.default })).toBe(1);
});

test('without its settled offsets, a store knows no log', async () => {
  const { store, database, close } = await freshStore();
  onTestFinished(close);
  const settled = new MongoSettledOffsets(store);
  const log = LogId.parse('log-1');
  await settled.begin(log, [0]);
  await inDatabase(mongodbUri(), database, (db) => db.collection('settled').deleteMany({}));
  expect(await settled.settle({ log, partition: 0, from: 0, to: 5 })).toBe(false);
  expect(await settled.find(log)).toBeUndefined();
});

test.each(['settled', 'user_erasures', 'activities', 'dead_letters'])(
  'if a user is erased during a backup, before %s is copied, the restored store removes what it has of the user',
  async (time) => {
    const { store, database, close } = await freshStore();
    onTestFinished(close);
    const ledger = new MongoErasureLedger(store);
    const repository = new MongoActivityRepository(store);
    const { erasure } = sampleErasure();
    const place = { log: LogId.parse('log-1'), partition: 0, offset: 100 };
    const open = { ...erasure, user: UserDigest.trusted('digest'), place, topic: 'user-activity' };
    const removal = { erasure: open, replacement: undefined, after: undefined, limit: 1000 };
    await repository.save(sampleActivities(10));
    await ledger.record(open);
    const backup = await inDatabase(mongodbUri(), database, (db) =>
      backupOf(db, async (name) => {
        if (name !== time) return;
        expect((await ledger.removeActivities(removal)).removed).toBe(10);
        await ledger.finish(open.id);
      }),
    );
    await inDatabase(mongodbUri(), database, (db) => restore(db, backup));
    for (const due of await ledger.findOpen(10)) await ledger.removeActivities({ ...removal, erasure: due });
    expect(await store.activities.countDocuments({ userId: 'user-1' })).toBe(0);
  },
);
