import { DomainError } from '@user-activity/domain';
import { tooLarge } from '../requests/input-limits.ts';

const maxSmallChunks = 10_000;
const minAverageBytes = 16;
const maxSmallChunksPerTurn = 20_000;
let smallChunksOfTurn = 0;

/** Counts a small chunk of any body. Throws PROCESS_BUSY for more than 20,000 in one iteration of the event loop. */
function countSmallChunk(): void {
  if (smallChunksOfTurn === 0)
    setImmediate(() => {
      smallChunksOfTurn = 0;
    });
  smallChunksOfTurn += 1;
  if (smallChunksOfTurn > maxSmallChunksPerTurn)
    throw new DomainError(
      'PROCESS_BUSY',
      'The service reads too many small chunks at once. Send the body in larger chunks.',
    );
}

/**
 * Limits the number of small chunks in one body, and in all bodies together. Node parses all chunks that have arrived before it handles
 * other events: 50 connections with 50,000 chunks of one byte blocked all others for two seconds.
 */
export class ChunkLimit {
  #chunks = 0;
  #bytes = 0;

  /** Counts a chunk. Throws INPUT_TOO_LARGE if the body has too many small chunks, and PROCESS_BUSY if all bodies have too many. */
  count(bytes: number): void {
    if (bytes < minAverageBytes) countSmallChunk();
    this.#chunks += 1;
    this.#bytes += bytes;
    if (this.#chunks > maxSmallChunks && this.#bytes < minAverageBytes * this.#chunks)
      throw tooLarge(
        `The body comes in more than ${maxSmallChunks} chunks of less than ${minAverageBytes} bytes on average. ` +
          'Buffer your writes, and send it in larger chunks.',
      );
  }
}
