import { pointer, UsageLimits, type Violations } from '@user-activity/domain';
import { isMembers } from './members.ts';

/**
 * Returns the limits in the member `limits` of a body, without those that are null. Adds a violation for each limit that is not one of
 * `names` or breaks a rule.
 */
export function limitsIn(
  raw: unknown,
  names: readonly (keyof UsageLimits)[],
  violations: Violations,
): UsageLimits {
  if (raw === null || raw === undefined) return {};
  if (!isMembers(raw)) {
    violations.add('/limits', 'must be an object, or null for no limits');
    return {};
  }
  const limits: Partial<Record<keyof UsageLimits, number>> = {};
  for (const name of Object.keys(raw)) {
    if (violations.full) break;
    const path = pointer('/limits', name);
    const known = names.find((each) => each === name);
    if (known === undefined) violations.add(path, unknownMessage(name));
    else {
      const value = violations.check(path, () => UsageLimits.parse(raw[name]));
      if (value !== undefined) limits[known] = value;
    }
  }
  return limits;
}

const unknownMessage = (name: string): string =>
  name === 'storedBytes' ? 'is a limit of projects, not of keys' : 'is not a known limit';
