/** The command was given in a way that it can't be done; the message says how it is done. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The service did not do as asked; the message says why. Exit code 1. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}
