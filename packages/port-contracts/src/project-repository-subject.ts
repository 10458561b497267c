import {
  type ActivityRepository,
  DeadLetterFilter,
  type DeadLetterQueue,
  DeadLetterQuery,
  type DeadLetterRepository,
  maxLimit,
  type Project,
  ProjectId,
  type ProjectRepository,
  type UserActivity,
} from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';
import { idsOf as letterIdsOf } from './letters.ts';
import { filterOf, walk } from './walk.ts';

/** A store of projects, with the ports by which cases add and read activities and dead letters. */
export interface ProjectRepositorySubject extends StoreSubject<ProjectRepository> {
  activities(): Promise<ActivityRepository>;
  queue(): Promise<DeadLetterQueue>;
  letters(): Promise<DeadLetterRepository>;
}

/** Makes cases of `ProjectRepository`. Each gets an open repository and its subject. */
export const projectCases = casesWith(
  async (subject: ProjectRepositorySubject) => [await subject.open(), subject] as const,
);

/** The two projects of most cases. */
export const [shop, forum] = [ProjectId.parse('shop'), ProjectId.parse('forum')];

/** Saves activities to the store of the subject. */
export async function save(
  subject: ProjectRepositorySubject,
  activities: readonly UserActivity[],
): Promise<void> {
  await (await subject.activities()).save(activities);
}

/** Returns the sorted ids of all activities that the project still has. */
export async function activityIdsIn(
  subject: ProjectRepositorySubject,
  project: ProjectId,
): Promise<string[]> {
  const pages = await walk(await subject.activities(), { filter: filterOf({ project }), limit: maxLimit });
  return pages
    .flat()
    .map(({ id }): string => id)
    .toSorted();
}

/** Returns the sorted ids of the dead letters that the project still has. Reads only one page of them. */
export async function letterIdsIn(subject: ProjectRepositorySubject, project: ProjectId): Promise<string[]> {
  const query = DeadLetterQuery.of({ filter: DeadLetterFilter.of({ project }), limit: maxLimit });
  const { letters } = await (await subject.letters()).find(query);
  return letterIdsOf(letters).toSorted();
}

/** Returns all pages of projects. Calls `between` before each page but the first. */
export async function walkProjects(
  projects: ProjectRepository,
  limit: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<(readonly Project[])[]> {
  const pages: (readonly Project[])[] = [];
  for (let after: ProjectId | undefined; ; ) {
    const page = await projects.find({ after, limit });
    pages.push(page.projects);
    after = page.projects.at(-1)?.id;
    if (!page.hasMore || after === undefined) return pages;
    await between();
  }
}
