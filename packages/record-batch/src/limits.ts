/** The maximum size of a decompressed batch in bytes. By default, producers limit a batch to 1 MiB before they compress it. */
export const maxBatchBytes: number = 64 * 1024 * 1024;
/** The maximum number of records in a batch. */
export const maxBatchRecords = 200_000;
/** The maximum number of headers of a record. If there are more, none is read. Tracing and frameworks use far fewer. */
export const maxHeaders = 32_768;
