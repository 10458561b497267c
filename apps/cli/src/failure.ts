/** Thrown if the command is used in a wrong way. The message says how to use it. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Thrown if the service refused or failed. The message says why. Exit code 1. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}
