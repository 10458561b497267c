import {
  ActivityFilter,
  ActivityQuery,
  type ActivityRepository,
  type DeadLetter,
  DeadLetterFilter,
  type DeadLetterPosition,
  DeadLetterQuery,
  type DeadLetterRepository,
  type ErasureLedger,
  type KeptUserErasure,
  maxLimit,
  type Position,
  type ProjectId,
  type ProjectRepository,
  type StoredActivity,
} from '@user-activity/domain';
import { wholeLetters } from '../dead-letters/whole-letters.ts';

/** Returns the ids of all projects, sorted. */
export async function allProjects(projects: Pick<ProjectRepository, 'find'>): Promise<readonly ProjectId[]> {
  const ids: ProjectId[] = [];
  for (;;) {
    const page = await projects.find({ after: ids.at(-1), limit: maxLimit });
    ids.push(...page.projects.map(({ id }) => id));
    if (!page.hasMore) return ids;
  }
}

/** Yields all erasures of users. */
export async function* allErasures(ledger: Pick<ErasureLedger, 'findAll'>): AsyncGenerator<KeptUserErasure> {
  for (let last: KeptUserErasure | undefined; ; ) {
    const page = await ledger.findAll(maxLimit, last?.id);
    yield* page;
    if (page.length < maxLimit) return;
    last = page.at(-1);
  }
}

/** Yields pages of the activities of a project after a position, the oldest first. */
export async function* activityPages(
  repository: Pick<ActivityRepository, 'find'>,
  project: ProjectId,
  from: Position | undefined,
): AsyncGenerator<readonly StoredActivity[]> {
  const filter = ActivityFilter.of({ project });
  for (let after = from; ; ) {
    const query = ActivityQuery.of({ filter, order: 'asc', limit: maxLimit, after });
    const { activities, hasMore } = await repository.find(query);
    if (activities.length > 0) yield activities;
    if (!hasMore) return;
    after = activities.at(-1);
  }
}

/** Yields all dead letters of a project with all their bytes, the oldest first, in portions. */
export async function* allLetters(
  deadLetters: Pick<DeadLetterRepository, 'find' | 'findByIds'>,
  project: ProjectId,
): AsyncGenerator<readonly DeadLetter[]> {
  const filter = DeadLetterFilter.of({ project });
  for (let after: DeadLetterPosition | undefined; ; ) {
    const query = DeadLetterQuery.of({ filter, order: 'asc', limit: maxLimit, after });
    const { letters, hasMore } = await deadLetters.find(query);
    // `find` returns large letters without all of their bytes.
    const ids = letters.map(({ id }) => id);
    yield* wholeLetters(deadLetters, project, ids);
    if (!hasMore) return;
    after = letters.at(-1);
  }
}
