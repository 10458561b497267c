/** The spool cannot be used: its folder belongs to another process, or the disk failed. If `log` throws it, nothing was logged. */
export class SpoolError extends Error {
  override readonly name = 'SpoolError';
}
