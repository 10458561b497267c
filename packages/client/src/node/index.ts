export { DiskSpool, type SpoolOptions } from './disk-spool.ts';
export { SpoolError } from './spool-error.ts';
