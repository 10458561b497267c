import { isDeepStrictEqual } from 'node:util';
import { ActivityKeyText, type UserActivity } from '@user-activity/domain';
import type { RepositorySubject } from '@user-activity/port-contracts';
import { repository } from './broken-stores.ts';
import type { Broken } from './broken.ts';

/** Makes repositories that also report a conflict if `part` differs between two activities. */
const comparing = (part: (activity: UserActivity) => unknown) =>
  repository((sound, store) => ({
    async save(activities) {
      const firsts = activities.map((activity) => store.activities.get(ActivityKeyText.of(activity)));
      const outcomes = await sound.save(activities);
      return outcomes.map((outcome, index) => {
        const [first, second] = [firsts[index], activities[index]];
        if (first === undefined || second === undefined) return outcome;
        return isDeepStrictEqual(part(first), part(second)) ? outcome : 'conflict';
      });
    },
  }));

/** Repositories that compare facts wrongly. */
export const brokenComparisons: Broken<RepositorySubject> = [
  [
    'R2',
    'compares `createdAt` even if only one of two clients set it',
    comparing(({ createdAt, receivedAt }) => (createdAt === receivedAt ? 'none' : createdAt)),
  ],
  [
    'R2',
    'compares the original values of metadata that was mended',
    comparing(({ metadata }) => metadata['original']),
  ],
];
