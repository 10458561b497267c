import { DomainError } from '@user-activity/domain';
import { inputTooLarge } from '../requests/input-limits.ts';

const maxSmallChunks = 10_000;
const minAverageBytes = 16;
const maxSmallChunksPerIteration = 20_000;
let smallChunksThisIteration = 0;

/** Counts a chunk of less than 16 bytes, of any body. Throws PROCESS_BUSY above 20,000 such chunks in one iteration of the event loop. */
function countSmallChunk(): void {
  if (smallChunksThisIteration === 0)
    setImmediate(() => {
      smallChunksThisIteration = 0;
    });
  smallChunksThisIteration += 1;
  if (smallChunksThisIteration > maxSmallChunksPerIteration)
    throw new DomainError(
      'PROCESS_BUSY',
      'The service reads too many small chunks at once. Send the body in larger chunks.',
    );
}

/**
 * Limits the number of small chunks in one body, and in all bodies together. Node parses all chunks that have arrived before it handles
 * other events: 50 connections with 50,000 one-byte chunks each blocked the other connections for two seconds.
 */
export class ChunkLimit {
  #chunkCount = 0;
  #byteCount = 0;

  /** Counts a chunk. Throws INPUT_TOO_LARGE if the body has too many small chunks, and PROCESS_BUSY if all bodies have too many. */
  count(chunkBytes: number): void {
    if (chunkBytes < minAverageBytes) countSmallChunk();
    this.#chunkCount += 1;
    this.#byteCount += chunkBytes;
    if (this.#chunkCount > maxSmallChunks && this.#byteCount < minAverageBytes * this.#chunkCount)
      throw inputTooLarge(
        `The body arrives in more than ${maxSmallChunks} chunks of less than ${minAverageBytes} bytes on average. ` +
          'Buffer your writes, and send it in larger chunks.',
      );
  }
}
