import { DomainError } from '@user-activity/domain';

const maxSmallChunks = 10_000;
const minAverageBytes = 16;

/**
 * Limits how many small chunks a body comes in. Node parses all that a connection has sent before it does anything else, a microsecond
 * or more for each chunk: 50 connections with 50,000 chunks of one byte each held up everyone else for two seconds.
 */
export class ChunkLimit {
  #chunks = 0;
  #bytes = 0;

  /** Counts a chunk. Throws INPUT_TOO_LARGE if there are more than 10,000, of less than 16 bytes on average. */
  count(bytes: number): void {
    this.#chunks += 1;
    this.#bytes += bytes;
    if (this.#chunks > maxSmallChunks && this.#bytes < minAverageBytes * this.#chunks)
      throw new DomainError(
        'INPUT_TOO_LARGE',
        `The body comes in more than ${maxSmallChunks} chunks of less than ${minAverageBytes} bytes on average. ` +
          'Buffer what you write, and send it in larger chunks.',
      );
  }
}
