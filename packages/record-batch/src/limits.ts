/** The size limit for a decompressed batch. By default, producers limit a batch to 1 MiB before they compress it. */
export const maxBatchBytes: number = 64 * 1024 * 1024;
export const maxBatchRecords = 200_000;
/** The headers of a record are read only up to this number. Tracing and frameworks use far fewer. */
export const maxHeaders = 32_768;
