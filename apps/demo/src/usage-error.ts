/** Thrown if the options or the data are not usable. The message names the remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
