/** Thrown if the data file can't be used. The message names the file and the remedy. A restart alone does not help. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
}
