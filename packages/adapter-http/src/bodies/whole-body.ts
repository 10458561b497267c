import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bodyTooLarge, readingFault } from '../requests/input-limits.ts';
import { ChunkLimit } from './chunk-limit.ts';
import { GatheredBytes } from './gathered-bytes.ts';

/** Throws INPUT_TOO_LARGE if the Content-Length of a request exceeds the limit of its route. */
export function assertFits({ headers, routeOptions: { bodyLimit } }: FastifyRequest): void {
  if (Number(headers['content-length']) > bodyLimit) throw bodyTooLarge(bodyLimit);
}

/** Passes whole bodies of the media types to `parse`. Fastify's own reader takes more memory, because it keeps all chunks. */
export function parseWhole(
  app: FastifyInstance,
  mediaTypes: string,
  parse: (request: FastifyRequest, body: Buffer) => unknown,
): void {
  app.addContentTypeParser(mediaTypes, async (request: FastifyRequest, payload: Readable) => {
    assertFits(request);
    return parse(request, await readWhole(payload, request));
  });
}

function readWhole(
  payload: Readable,
  { bytes: requestBytes, raw, routeOptions: { bodyLimit } }: FastifyRequest,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const bytes = new GatheredBytes();
  const chunks = new ChunkLimit();
  const finish = (): void => {
    payload.off('data', take).off('end', end).off('error', fail);
    // A decompressor may still fail when the connection closes. An error without a listener would end the process.
    payload.on('error', () => undefined);
    if (payload !== raw) payload.destroy();
  };
  const take = (chunk: Buffer): void => {
    try {
      chunks.count(chunk.length);
      if (bytes.length + chunk.length > bodyLimit) throw bodyTooLarge(bodyLimit);
      requestBytes.addBody(chunk.length);
      bytes.append(chunk);
    } catch (error) {
      fail(error);
    }
  };
  const end = (): void => {
    finish();
    resolve(bytes.take());
  };
  const fail = (error: unknown): void => {
    finish();
    reject(readingFault(error));
  };
  payload.on('data', take).on('end', end).on('error', fail);
  return promise;
}
