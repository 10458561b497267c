/** Thrown if the options or the data folder are not usable. The message names the remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
