/** The spool cannot be used: another process uses its folder, or the disk failed. If `log` throws this error, the activity was not logged. */
export class SpoolError extends Error {
  override readonly name = 'SpoolError';
}
