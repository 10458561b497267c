import assert from 'node:assert/strict';
import { maxPageBytes, type StoredActivity, Timestamp, TimeRange } from '@user-activity/domain';
import { repositoryCases } from './repository-subject.ts';
import { sampleActivity, sampleTime } from './samples.ts';
import { filterOf, type FilterTexts, saveAll, walk, where } from './walk.ts';

const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
const types = Array.from({ length: 20 }, (_, index) => `TYPE_${index}`);

const filters: Readonly<Record<string, FilterTexts>> = {
  'no condition': {},
  'a user': { userIds: users.slice(0, 1) },
  'several users': { userIds: users.slice(0, 3) },
  'users and types': { userIds: users, types },
  metadata: {
    createdAt: TimeRange.between(Timestamp.fromMillis(sampleTime), undefined),
    metadata: [where('n', '1')],
  },
};

/** Makes activities with 16 kB of metadata in two-byte characters. 300 of them exceed the limit of a page. */
const largeActivities = () =>
  Array.from({ length: 1200 }, (_, index) =>
    sampleActivity({
      id: `large-${String(index).padStart(4, '0')}`,
      userId: index % 4 === 0 ? 'user-0' : (users[index % 20] ?? ''),
      type: types[Math.floor(index / 20) % 20] ?? '',
      metadata: { n: index % 2, text: 'é'.repeat(8000) },
      createdAt: sampleTime + Math.floor(index / 3),
    }),
  );

const bytesOf = (stored: readonly StoredActivity[]): number =>
  stored.reduce((sum, activity) => sum + Buffer.byteLength(activity.toText()), 0);

/** The promise R17 about the size of pages. */
export const pageSizeCases = repositoryCases({
  R17: {
    async 'a page ends before its JSON exceeds 4 MiB, for any query'(repository) {
      const activities = largeActivities();
      await saveAll(repository, activities, 200);
      for (const [name, filter] of Object.entries(filters))
        for (const order of ['asc', 'desc'] as const) {
          const pages = await walk(repository, { filter: filterOf(filter), order, limit: 500 });
          assert.ok(pages.length > 1, `${name}: all activities are on one page`);
          const seen = pages.flat().map(({ id }) => id as string);
          assert.deepEqual(seen, order === 'asc' ? seen.toSorted() : seen.toSorted().toReversed(), name);
          assert.equal(seen.length, await repository.count(filterOf(filter)), name);
          assert.equal(new Set(seen).size, seen.length, name);
          for (const [index, page] of pages.entries()) {
            assert.ok(bytesOf(page) <= maxPageBytes, `${name}: a page has ${bytesOf(page)} bytes`);
            const next = pages[index + 1]?.slice(0, 1) ?? [];
            assert.ok(
              next.length === 0 || bytesOf([...page, ...next]) > maxPageBytes,
              `${name}: a page ends too early`,
            );
          }
        }
    },
  },
});
