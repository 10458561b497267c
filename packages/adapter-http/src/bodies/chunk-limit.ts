import { tooLarge } from '../requests/input-limits.ts';

const maxSmallChunks = 10_000;
const minAverageBytes = 16;

/**
 * Limits the number of small chunks in a body. Node parses everything that a connection has sent before it does anything else, and each
 * chunk takes a microsecond or more: 50 connections with 50,000 chunks of one byte blocked all others for two seconds.
 */
export class ChunkLimit {
  #chunks = 0;
  #bytes = 0;

  /** Counts a chunk. Throws INPUT_TOO_LARGE for more than 10,000 chunks with an average of less than 16 bytes. */
  count(bytes: number): void {
    this.#chunks += 1;
    this.#bytes += bytes;
    if (this.#chunks > maxSmallChunks && this.#bytes < minAverageBytes * this.#chunks)
      throw tooLarge(
        `The body comes in more than ${maxSmallChunks} chunks of less than ${minAverageBytes} bytes on average. ` +
          'Buffer your writes, and send it in larger chunks.',
      );
  }
}
