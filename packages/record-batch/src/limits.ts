/** The size limit for a decompressed batch. By default, producers limit a batch to 1 MiB before they compress it. */
export const maxBatchBytes: number = 64 * 1024 * 1024;
export const maxBatchRecords = 200_000;
/** If a record has more headers than this, they are not read. Tracing and frameworks use far fewer. */
export const maxHeaders = 32_768;
