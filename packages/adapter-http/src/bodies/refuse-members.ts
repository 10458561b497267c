import { pointer, type Violations } from '@user-activity/domain';
import type { Members } from './members.ts';

/** Adds a violation for each member of a body that its route does not know. */
export function refuseMembers(unknown: Members, violations: Violations): void {
  for (const name of Object.keys(unknown)) {
    if (violations.full) break;
    violations.add(pointer('', name), 'is not a known field');
  }
}
