import type { Violation } from '@user-activity/domain';

const projectPath = /^(?:\/\d+)?\/project$/;

/** Adds the remedy to a violation, if a body or a query names a project. */
export function withProjectRemedy(violation: Violation): Violation {
  const { path, message } = violation;
  return projectPath.test(path) && message.startsWith('is not a known ')
    ? { path, message: `${message}; the header X-Project names the project` }
    : violation;
}
