import { DomainError } from '@user-activity/domain';

/** Makes the error for stats with too many lines. The message names the limit and the remedy. */
export const tooBroad = (message: string): DomainError =>
  new DomainError('QUERY_TOO_BROAD', `The query is too broad: it ${message}.`, {
    violations: [{ path: '/by', message }],
  });
