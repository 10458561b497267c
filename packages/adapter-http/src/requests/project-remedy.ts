import type { Violation } from '@user-activity/domain';

const projectPath = /^(?:\/\d+)?\/project$/;

/**
 * If a violation says that `project` is not a known member or parameter, adds that the header X-Project names the project. Returns all
 * other violations unchanged.
 */
export function withProjectRemedy(violation: Violation): Violation {
  const { path, message } = violation;
  return projectPath.test(path) && message.startsWith('is not a known ')
    ? { path, message: `${message}; the header X-Project names the project` }
    : violation;
}
