/** Decompresses the records of batches. */
export interface Codec {
  /**
   * Rejects with UnreadableBytes if the bytes are damaged, and with TooManyBytes if the result exceeds `maxBytes`. After any other error, such
   * as a lack of memory, the batch is fetched and read again.
   */
  decompress(bytes: Buffer, maxBytes: number): Promise<Buffer>;
}

/** Codecs by the number that Kafka gives them: 1 is gzip, 2 snappy, 3 lz4, 4 zstd. */
export type Codecs = ReadonlyMap<number, Codec>;
