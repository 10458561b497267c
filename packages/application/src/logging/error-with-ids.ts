import { type ActivityId, DomainError, isDomainError } from '@user-activity/domain';

/** Adds the ids to a domain error, so that the caller can safely send everything again with them. Returns other errors unchanged. */
export const errorWithIds = (error: unknown, ids: readonly (ActivityId | null)[]): unknown =>
  isDomainError(error) ? new DomainError(error.code, error.message, { ids, cause: error }) : error;
