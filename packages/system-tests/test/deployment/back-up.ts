import { inDatabase, plainClient } from '@user-activity/test-kit';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import type { Deployment } from './deployment.ts';

/** Copies every collection of the deployment's database. The returned function replaces the database by the copy. */
export async function backUp({ database }: Deployment): Promise<() => Promise<void>> {
  const copies = await inDatabase(mongodbUri(), database, async (db) => {
    const collections = await db.listCollections({ type: 'collection' }).toArray();
    // Read before the activities, so that the copied offsets are never ahead of the copied activities.
    const names = ['settled', ...collections.flatMap(({ name }) => (name === 'settled' ? [] : name))];
    const found = [];
    for (const name of names) found.push({ name, documents: await db.collection(name).find().toArray() });
    return found;
  });
  return () =>
    inDatabase(mongodbUri(), database, async (db) => {
      for (const { name, documents } of copies.slice(1)) {
        await db.collection(name).deleteMany({});
        if (documents.length > 0) await db.collection(name).insertMany(documents);
      }
      // Written last and in one step: when a running consumer sees older offsets, it reads the missing records again.
      for (const { _id, ...offsets } of copies[0]?.documents ?? [])
        await db.collection('settled').replaceOne({ _id }, offsets);
    });
}

/** Runs a function with an admin client of Kafka. */
export async function withAdmin<Result>(
  use: (admin: ReturnType<ReturnType<typeof plainClient>['admin']>) => Promise<Result>,
): Promise<Result> {
  const admin = plainClient(kafkaBrokers()).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
