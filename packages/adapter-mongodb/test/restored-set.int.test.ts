import { startReplicaSet } from '@user-activity/test-kit';
import { MongoClient } from 'mongodb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { acceptRestoredPrimary } from '../src/accept-restored-primary.ts';

test('a client accepts the primary of a set that was restored from a backup before later elections', async () => {
  const set = await startReplicaSet(3);
  onTestFinished(() => set.stop());
  const client = await MongoClient.connect(set.uri, { serverSelectionTimeoutMS: 1000 });
  const stopReconnecting = acceptRestoredPrimary(client, 1000);
  onTestFinished(async () => {
    stopReconnecting();
    await client.close();
  });
  const names = client.db('restored').collection<{ readonly _id: string }>('names');
  const written = (): Promise<readonly string[]> => names.distinct('_id');
  const writeConcern = { w: 'majority' } as const;
  await names.insertOne({ _id: 'before' }, { writeConcern });
  await set.backUp();
  const later = ['one', 'two'];
  for (const _id of later) {
    await set.stepDown();
    await set.primary();
    await vi.waitFor(() => names.replaceOne({ _id }, {}, { upsert: true, writeConcern }), {
      timeout: 20_000,
    });
  }
  const refusals: string[] = [];
  client.on('serverDescriptionChanged', ({ newDescription: { error } }) => {
    if (error !== null) refusals.push(error.message);
  });
  await set.restore(0);
  await vi.waitFor(async () => expect(await written()).toEqual(['before']), { timeout: 30_000 });
  await names.insertOne({ _id: 'after' }, { writeConcern });
  expect(await written()).toEqual(['after', 'before']);
  expect(refusals).toContainEqual(expect.stringContaining('primary marked stale'));
});
