import { DomainError } from '@user-activity/domain';

/** The stats would have too many lines. The message says how many, and what makes them fewer. */
export const tooBroad = (message: string): DomainError =>
  new DomainError('QUERY_TOO_BROAD', `The query is too broad: it ${message}.`, {
    violations: [{ path: '/by', message }],
  });
