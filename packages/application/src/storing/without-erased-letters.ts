import type { DeadLetterQueue, DeadLetterRepository, ProjectRepository } from '@user-activity/domain';

/** Wraps a queue. A letter that died at or before an erasure of its project is removed again, if the erasure was recorded meanwhile. */
export const withoutErasedLetters = (
  queue: DeadLetterQueue,
  projects: Pick<ProjectRepository, 'findErasures'>,
  deadLetters: Pick<DeadLetterRepository, 'remove'>,
): DeadLetterQueue => ({
  async add(letters) {
    await queue.add(letters);
    const erasures = await projects.findErasures([...new Set(letters.map(({ project }) => project))]);
    const erased = letters.filter(({ project, diedAt }) =>
      erasures.some((erasure) => erasure.project === project && diedAt <= erasure.erasedAt),
    );
    if (erased.length > 0) await deadLetters.remove(erased);
  },
});
