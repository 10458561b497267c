/** The data file can't be used as it is; the message names it and says what to do. Starting again alone won't help. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
}
