import type { ActivityRepository } from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';

/** A store of activities. */
export type RepositorySubject = StoreSubject<ActivityRepository>;

/** Makes cases of `ActivityRepository`. Each gets an open repository and its subject. */
export const repositoryCases = casesWith(
  async (subject: RepositorySubject) => [await subject.open(), subject] as const,
);
