import type { DeadLetterQueue, DeadLetterRepository } from '@user-activity/domain';
import { casesWith, type StoreSubject } from './contract.ts';

/** A store of dead letters. */
export interface LetterRepositorySubject extends StoreSubject<DeadLetterRepository> {
  /** Opens the queue that adds letters to the store. */
  queue(): Promise<DeadLetterQueue>;
}

/** Makes cases of `DeadLetterRepository`. Each gets an open repository, the queue that adds letters, and its subject. */
export const letterCases = casesWith(
  async (subject: LetterRepositorySubject) => [await subject.open(), await subject.queue(), subject] as const,
);
