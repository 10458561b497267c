/** Thrown if the data file can't be used as it is. The message names the file and the remedy; a restart alone does not help. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
}
