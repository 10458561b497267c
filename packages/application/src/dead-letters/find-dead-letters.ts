import type { DeadLetterPage, DeadLetterQuery, DeadLetterRepository } from '@user-activity/domain';

/** Returns one page of the dead letters that match the query. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. */
export type FindDeadLetters = (query: DeadLetterQuery) => Promise<DeadLetterPage>;

export const makeFindDeadLetters = (deps: { readonly deadLetters: DeadLetterRepository }): FindDeadLetters =>
  async function findDeadLetters(query) {
    return deps.deadLetters.find(query);
  };
