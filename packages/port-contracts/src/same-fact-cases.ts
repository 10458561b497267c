import assert from 'node:assert/strict';
import type { Contract } from './contract.ts';
import type { RepositorySubject } from './repository-subject.ts';
import { sampleActivity } from './samples.ts';

/** R2, where two copies of a fact are not the same to the byte. */
export const sameFactCases: Contract<RepositorySubject> = [
  {
    promise: 'R2',
    title: 'the same fact is one of which a copy has no time of its client, whichever',
    async run(subject) {
      const repository = await subject.open();
      const [at, later] = ['2026-01-02T03:04:05.678Z', '2026-01-02T03:09:00Z'];
      const copies = (id: string) => ({
        undated: sampleActivity({ id, receivedAt: at }),
        dated: sampleActivity({ id, createdAt: '2025-12-31T00:00:00Z', receivedAt: later }),
      });
      const [a, b] = [copies('a'), copies('b')];
      assert.deepEqual(await repository.save([a.undated, b.dated]), ['stored', 'stored']);
      assert.deepEqual(await repository.save([a.dated, b.undated]), ['duplicate', 'duplicate']);
      assert.deepEqual((await repository.findById(a.undated.id))?.toActivity(), a.undated);
      assert.deepEqual((await repository.findById(b.dated.id))?.toActivity(), b.dated);
    },
  },
  {
    promise: 'R2',
    title: 'the same fact is one that differs in the member original of its metadata',
    async run(subject) {
      const repository = await subject.open();
      const [createdAt, receivedAt] = ['2025-12-31T00:00:00Z', '2026-01-02T03:09:00Z'];
      const first = sampleActivity({ id: 'a', createdAt, metadata: { a: 1, original: { time: 'soon' } } });
      const others = [{ a: 1 }, { original: null, a: 1 }].map((metadata) =>
        sampleActivity({ id: 'a', createdAt, receivedAt, metadata }),
      );
      const within = sampleActivity({ id: 'a', createdAt, metadata: { a: { original: 1 } } });
      assert.deepEqual(await repository.save([first]), ['stored']);
      for (const other of others) assert.deepEqual(await repository.save([other]), ['duplicate']);
      assert.deepEqual(await repository.save([within]), ['conflict']);
      assert.deepEqual((await repository.findById(first.id))?.toActivity(), first);
    },
  },
];
