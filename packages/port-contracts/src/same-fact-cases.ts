import assert from 'node:assert/strict';
import { ActivityQuery, type ActivityRepository, type UserActivity } from '@user-activity/domain';
import { repositoryCases } from './repository-subject.ts';
import { sampleActivity } from './samples.ts';
import { filterOf } from './walk.ts';

/** The promises of `ActivityRepository` about a second activity with the same id: R2 if it is the same fact, R3 if it is a different one. */
export const sameFactCases = repositoryCases({
  R2: {
    async 'the same fact is stored once, and reported as redelivered or duplicate'(repository) {
      const first = sampleActivity({ id: 'a', metadata: { a: 1, b: [1, 2] } });
      const reordered = sampleActivity({ id: 'a', metadata: { b: [1, 2], a: 1 } });
      const sentAgain = sampleActivity({
        id: 'a',
        metadata: { a: 1, b: [1, 2] },
        receivedAt: '2026-01-02T03:09:00Z',
      });
      assert.deepEqual(await repository.save([first]), ['stored']);
      assert.deepEqual(await repository.save([reordered]), ['redelivered']);
      assert.deepEqual(await repository.save([sentAgain]), ['duplicate']);
      assert.deepEqual((await repository.findById(first))?.toActivity(), first);
      assert.deepEqual(await activitiesIn(repository), [first]);
    },
    async 'createdAt is not compared if the client of either copy sent none'(repository) {
      const [at, later] = ['2026-01-02T03:04:05.678Z', '2026-01-02T03:09:00Z'];
      const copies = (id: string) => ({
        undated: sampleActivity({ id, receivedAt: at }),
        dated: sampleActivity({ id, createdAt: '2025-12-31T00:00:00Z', receivedAt: later }),
      });
      const [a, b] = [copies('a'), copies('b')];
      assert.deepEqual(await repository.save([a.undated, b.dated]), ['stored', 'stored']);
      assert.deepEqual(await repository.save([a.dated, b.undated]), ['duplicate', 'duplicate']);
      assert.deepEqual((await repository.findById(a.undated))?.toActivity(), a.undated);
      assert.deepEqual((await repository.findById(b.dated))?.toActivity(), b.dated);
    },
    async 'the member `original` of metadata is not compared'(repository) {
      const [createdAt, receivedAt] = ['2025-12-31T00:00:00Z', '2026-01-02T03:09:00Z'];
      const first = sampleActivity({ id: 'a', createdAt, metadata: { a: 1, original: { time: 'soon' } } });
      const others = [{ a: 1 }, { original: null, a: 1 }].map((metadata) =>
        sampleActivity({ id: 'a', createdAt, receivedAt, metadata }),
      );
      const within = sampleActivity({ id: 'a', createdAt, metadata: { a: { original: 1 } } });
      assert.deepEqual(await repository.save([first]), ['stored']);
      for (const other of others) assert.deepEqual(await repository.save([other]), ['duplicate']);
      assert.deepEqual(await repository.save([within]), ['conflict']);
      assert.deepEqual((await repository.findById(first))?.toActivity(), first);
    },
  },
  R3: {
    async 'a different fact with the same id is a conflict, and the first copy stays'(repository) {
      const first = sampleActivity({ id: 'a', createdAt: '2025-12-31T00:00:00Z' });
      const others = [
        sampleActivity({ id: 'a', createdAt: '2025-12-31T00:00:00Z', userId: 'user-2' }),
        sampleActivity({ id: 'a', createdAt: '2025-12-31T00:00:00Z', type: 'LOGOUT' }),
        sampleActivity({ id: 'a', createdAt: '2025-12-31T00:00:00Z', metadata: { a: null } }),
        sampleActivity({ id: 'a', createdAt: '2025-12-31T00:00:00.001Z' }),
      ];
      await repository.save([first]);
      for (const other of others) assert.deepEqual(await repository.save([other]), ['conflict']);
      assert.deepEqual((await repository.findById(first))?.toActivity(), first);
      assert.deepEqual(await activitiesIn(repository), [first]);
    },
  },
});

/** Returns the newest ten activities. */
async function activitiesIn(repository: ActivityRepository): Promise<UserActivity[]> {
  const page = ActivityQuery.of({ filter: filterOf(), limit: 10 });
  return (await repository.find(page)).activities.map((activity) => activity.toActivity());
}
