import { type ActivityId, DomainError, isDomainError } from '@user-activity/domain';

/** Runs `work`. Adds the ids to a domain error, so that the caller can safely send everything again with them. */
export async function withIdsOnError(
  ids: readonly (ActivityId | null)[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isDomainError(error)) throw error;
    throw new DomainError(error.code, error.message, { ids, cause: error });
  }
}
