import { DomainError } from '@user-activity/domain';

/** What went wrong, in the words of the ports. The client's own message may quote more than should be told. */
export function logUnavailable(failure: unknown): DomainError {
  const why = failure instanceof Error ? ` (${failure.name})` : '';
  return new DomainError('LOG_UNAVAILABLE', `The log did not confirm in time${why}.`);
}
