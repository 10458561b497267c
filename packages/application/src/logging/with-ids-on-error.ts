import { type ActivityId, DomainError, isDomainError } from '@user-activity/domain';

/** Does it, and hands the ids to the caller with the error: under these, sending everything again is safe. */
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
