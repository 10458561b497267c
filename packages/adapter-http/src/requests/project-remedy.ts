import type { Violation } from '@user-activity/domain';

const projectPath = /^(?:\/\d+)?\/project$/;

/** Adds to the violation of an unknown member or parameter `project` that a header names the project. Returns all others unchanged. */
export function withProjectRemedy(violation: Violation): Violation {
  const { path, message } = violation;
  return projectPath.test(path) && message.startsWith('is not a known ')
    ? { path, message: `${message}; the header X-Project names the project` }
    : violation;
}
