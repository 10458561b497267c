import { type ActivityId, DomainError, isDomainError } from '@user-activity/domain';

/** Adds ids to a domain error, so that the sender can send the items again with the same ids. Returns other errors unchanged. */
export const errorWithIds = (error: unknown, ids: readonly (ActivityId | null)[]): unknown =>
  isDomainError(error) ? new DomainError(error.code, error.message, { ids, cause: error }) : error;
