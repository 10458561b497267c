// The driver repeats a read after these: a server stops, is no primary, does not reach another server, or exceeds its own time limit. From
// https://github.com/mongodb/specifications/blob/master/source/retryable-reads/retryable-reads.md.
const retryableCodes = [6, 7, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436];
// The driver repeats nothing after these: the time limit of a command, a late write concern, a write conflict, a shard without a primary,
// and pressure on the cache. From https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml.
const otherOutageCodes = [50, 64, 112, 133, 365];
// An operator must free the disk, so a start does not wait for that. But the disk is no fault of the document that is refused.
const outOfDiskSpace = 14_031;

const retryable: ReadonlySet<unknown> = new Set(retryableCodes);
const outage: ReadonlySet<unknown> = new Set([...retryableCodes, ...otherOutageCodes]);

/** Returns whether the driver repeats a read after this error code of the server. */
export const isRetryable = (code: unknown): boolean => retryable.has(code);

/** Returns whether the error code means a fault of the deployment that passes without an operator. */
export const isOutageCode = (code: unknown): boolean => outage.has(code);

/** Returns whether the error code means a fault of the deployment that may pass, and not a fault of the document. */
export const mayPass = (code: unknown): boolean => isOutageCode(code) || code === outOfDiskSpace;
