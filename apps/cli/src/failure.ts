/** Thrown if the arguments or settings of the command are invalid. The message names the remedy. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Thrown if the service refused a request or failed. The message says why. Exit code 1. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}
