import {
  type DeadLetter,
  type DeadLetterQueue,
  type DeadLetterRepository,
  isLetterCovered,
  projectsOfUser,
} from '@user-activity/domain';
import { type ErasureDeps, findErasures } from '../projects/find-erasures.ts';
import { type UserErasureDeps, UserErasures } from '../users/user-erasures.ts';

interface Deps extends ErasureDeps, UserErasureDeps {
  readonly deadLetters: Pick<DeadLetterRepository, 'remove'>;
}

/**
 * Wraps a queue of dead letters. After `add`, removes the added letters that an erasure of their project or user covers, because the sweep of
 * that erasure may have ended before the letters were added.
 */
export const withoutErasedLetters = (queue: DeadLetterQueue, deps: Deps): DeadLetterQueue => ({
  async add(letters) {
    await queue.add(letters);
    const [ofProjects, ofUsers] = await Promise.all([
      lettersOfProjects(deps, letters),
      lettersOfUsers(deps, letters),
    ]);
    const erased = new Set([...ofProjects, ...ofUsers]);
    if (erased.size > 0) await deps.deadLetters.remove([...erased]);
  },
});

async function lettersOfProjects(deps: Deps, letters: readonly DeadLetter[]): Promise<readonly DeadLetter[]> {
  const erasures = await findErasures(deps, new Set(letters.map(({ project }) => project)));
  return letters.filter(({ project, diedAt }) =>
    erasures.some((erasure) => erasure.project === project && diedAt <= erasure.erasedAt),
  );
}

async function lettersOfUsers(deps: Deps, letters: readonly DeadLetter[]): Promise<readonly DeadLetter[]> {
  const erasures = await UserErasures.of(deps, letters, ({ key }) => key);
  return letters.filter((letter) =>
    erasures
      .of(letter, (project) => projectsOfUser(project).includes(letter.project))
      .some((erasure) => isLetterCovered(letter, erasure)),
  );
}
