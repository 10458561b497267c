// After these codes, the driver repeats a read: a server stops, is not a primary, does not reach another server, or exceeds its own time
// limit. From https://github.com/mongodb/specifications/blob/master/source/retryable-reads/retryable-reads.md.
const retryableCodes = [6, 7, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436];
// After these codes, the driver does not repeat a read: an exceeded time limit of a command, a late write concern, a write conflict, a
// shard without a primary, and cache pressure. From https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml.
const otherOutageCodes = [50, 64, 112, 133, 365];
// OutOfDiskSpace. It does not end without an operator, so a start does not wait for it. But it is not a fault of the refused document.
const outOfDiskSpace = 14_031;

const retryable: ReadonlySet<unknown> = new Set(retryableCodes);
const outage: ReadonlySet<unknown> = new Set([...retryableCodes, ...otherOutageCodes]);

/** Returns whether the driver repeats a read after this error code of the server. */
export const isRetryable = (code: unknown): boolean => retryable.has(code);

/** Returns whether the error code means a fault of the deployment that ends without an operator. */
export const isOutageCode = (code: unknown): boolean => outage.has(code);

/** Returns whether the error code means a temporary fault of the deployment, and not a fault of the document. */
export const isTransient = (code: unknown): boolean => isOutageCode(code) || code === outOfDiskSpace;
