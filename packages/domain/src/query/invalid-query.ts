import { DomainError } from '../shared/domain-error.ts';
import type { Violation } from '../shared/violation.ts';

/** Throws INVALID_QUERY if there are violations. The error has all of them, and its message shows the first one. */
export function assertValidQuery(violations: readonly Violation[]): void {
  const [first, ...more] = violations;
  if (first === undefined) return;
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const detail = `The query breaks a rule: "${first.path.slice(1)}" ${first.message}${others}.`;
  throw new DomainError('INVALID_QUERY', detail, { violations });
}
