// From https://github.com/mongodb/specifications/blob/master/source/retryable-reads/retryable-reads.md.
const retryableCodes = [6, 7, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436];
// Reported for a document of an insert, not for its command: a time limit, a write conflict, a shard without a primary, pressure on the
// cache, and a full disk. From https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml.
const otherPassingCodes = [50, 64, 112, 133, 365, 14_031];

const retryable: ReadonlySet<unknown> = new Set(retryableCodes);
const passing: ReadonlySet<unknown> = new Set([...retryableCodes, ...otherPassingCodes]);

/** Returns whether the driver repeats a read after this error code of the server. */
export const isRetryable = (code: unknown): boolean => retryable.has(code);

/** Returns whether the error code means a fault of the deployment that may pass, and not a fault of the document. */
export const mayPass = (code: unknown): boolean => passing.has(code);
