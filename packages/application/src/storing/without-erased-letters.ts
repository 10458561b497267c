import type { DeadLetterQueue, DeadLetterRepository } from '@user-activity/domain';
import { type ErasureDeps, findErasures } from '../projects/find-erasures.ts';

/** Wraps a queue. A letter that died at or before an erasure of its project is removed again, if the erasure was recorded meanwhile. */
export const withoutErasedLetters = (
  queue: DeadLetterQueue,
  deps: ErasureDeps & { readonly deadLetters: Pick<DeadLetterRepository, 'remove'> },
): DeadLetterQueue => ({
  async add(letters) {
    await queue.add(letters);
    const erasures = await findErasures(deps, new Set(letters.map(({ project }) => project)));
    const erased = letters.filter(({ project, diedAt }) =>
      erasures.some((erasure) => erasure.project === project && diedAt <= erasure.erasedAt),
    );
    if (erased.length > 0) await deps.deadLetters.remove(erased);
  },
});
