import assert from 'node:assert/strict';
import {
  type ActivityFilter,
  ActivityType,
  maxPageBytes,
  type StoredActivity,
  Timestamp,
  TimeRange,
  UserId,
} from '@user-activity/domain';
import type { ContractCase } from './contract.ts';
import type { RepositorySubject } from './repository-subject.ts';
import { sampleActivity } from './samples.ts';
import { filterOf, walk, where } from './walk.ts';

const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
const types = Array.from({ length: 20 }, (_, index) => `TYPE_${index}`);
const start = Date.parse('2026-01-02T03:04:05.678Z');

const userIds = users.map((user) => UserId.parse(user));
const filters: Readonly<Record<string, Partial<ActivityFilter>>> = {
  everything: {},
  'a user': { userIds: userIds.slice(0, 1) },
  'several users': { userIds: userIds.slice(0, 3) },
  'users and types': { userIds, types: types.map((type) => ActivityType.parse(type)) },
  metadata: {
    createdAt: TimeRange.between(Timestamp.fromMillis(start), undefined),
    metadata: [where('n', '1')],
  },
};

/** Activities with large metadata of two-byte characters. 300 of them exceed a page. */
const activities = () =>
  Array.from({ length: 1200 }, (_, index) =>
    sampleActivity({
      id: `large-${String(index).padStart(4, '0')}`,
      userId: index % 4 === 0 ? 'user-0' : (users[index % 20] ?? ''),
      type: types[Math.floor(index / 20) % 20] ?? '',
      metadata: { n: index % 2, text: 'é'.repeat(8000) },
      createdAt: start + Math.floor(index / 3),
    }),
  );

const bytesOf = (stored: readonly StoredActivity[]): number =>
  stored.reduce((sum, activity) => sum + Buffer.byteLength(activity.toText()), 0);

/** The promise about the size of pages. */
export const pageSizeCases: readonly ContractCase<RepositorySubject>[] = [
  {
    promise: 'R17',
    title: 'a page ends where its JSON would be more than 4 MiB, whatever the query',
    async run(subject) {
      const repository = await subject.open();
      const everything = activities();
      for (let from = 0; from < everything.length; from += 200)
        await repository.save(everything.slice(from, from + 200));
      for (const [name, filter] of Object.entries(filters))
        for (const order of ['asc', 'desc'] as const) {
          const pages = await walk(repository, { filter: filterOf(filter), order, limit: 500 });
          assert.ok(pages.length > 1, `${name}: all of it is one page`);
          const seen = pages.flat().map(({ id }) => id as string);
          assert.deepEqual(seen, order === 'asc' ? seen.toSorted() : seen.toSorted().toReversed(), name);
          assert.equal(seen.length, await repository.count(filterOf(filter)), name);
          assert.equal(new Set(seen).size, seen.length, name);
          for (const [index, page] of pages.entries()) {
            assert.ok(bytesOf(page) <= maxPageBytes, `${name}: a page of ${bytesOf(page)} bytes`);
            const next = pages[index + 1]?.slice(0, 1) ?? [];
            assert.ok(
              next.length === 0 || bytesOf([...page, ...next]) > maxPageBytes,
              `${name}: a page is shorter than it must be`,
            );
          }
        }
    },
  },
];
