import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyTooLarge, readingFault } from '../requests/input-limits.ts';
import { ChunkLimit } from './chunk-limit.ts';
import { GrowingBuffer } from './growing-buffer.ts';

/** Throws INPUT_TOO_LARGE if the Content-Length of a request exceeds the limit of its route. */
export function assertBodyFits({ headers, route: { bodyLimit } }: FastifyRequest): void {
  if (Number(headers['content-length']) > bodyLimit) throw bodyTooLarge(bodyLimit);
}

/**
 * Reads the whole body of each request with a media type (`*`: any media type), and passes it to `parse`. Fastify's own reader needs more
 * memory, because it keeps all chunks.
 */
export function parseBodies(
  app: FastifyInstance,
  mediaType: string,
  parse: (request: FastifyRequest, body: Buffer) => unknown,
): void {
  app.addContentTypeParser(mediaType, async (request: FastifyRequest, payload: Readable) => {
    assertBodyFits(request);
    return parse(request, await readWhole(payload, request));
  });
}

function readWhole(
  payload: Readable,
  { byteCounter, usage, raw, route: { bodyLimit } }: FastifyRequest,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const received = new GrowingBuffer();
  const chunkLimit = new ChunkLimit();
  const stopReading = (): void => {
    payload.off('data', takeChunk).off('end', resolveWhole).off('error', fail);
    // A decompressor may still fail when the connection closes. An error without a listener would end the process.
    payload.on('error', () => undefined);
    if (payload !== raw) payload.destroy();
  };
  const takeChunk = (chunk: Buffer): void => {
    try {
      chunkLimit.count(chunk.length);
      if (received.length + chunk.length > bodyLimit) throw bodyTooLarge(bodyLimit);
      byteCounter.addBody(chunk.length);
      usage?.countBody(chunk.length);
      received.append(chunk);
    } catch (error) {
      fail(error);
    }
  };
  const resolveWhole = (): void => {
    stopReading();
    resolve(received.take());
  };
  const fail = (error: unknown): void => {
    stopReading();
    reject(readingFault(error));
  };
  payload.on('data', takeChunk).on('end', resolveWhole).on('error', fail);
  return promise;
}
