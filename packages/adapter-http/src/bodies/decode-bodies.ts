import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../requests/problem.ts';
import { bodyTooLarge, readingFault } from '../requests/input-limits.ts';
import { ChunkLimit } from './chunk-limit.ts';

/** Decompresses gzip bodies. Body limits apply to the decompressed bytes. Other encodings get 415. */
export function decodeBodies(app: FastifyInstance): void {
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
    if (encoding === 'identity') done(null, payload);
    else if (encoding === 'gzip' || encoding === 'x-gzip') {
      // Content-Length is removed: it counts compressed bytes, and the decompressed size is not known yet.
      delete request.raw.headers['content-length'];
      request.raw.headers['transfer-encoding'] = 'chunked';
      done(null, Readable.from(decompress(payload, request.route.bodyLimit), { objectMode: false }));
    } else
      done(
        new Problem(415, 'Content-Encoding must be gzip or identity.', {
          headers: { 'accept-encoding': 'gzip, identity' },
        }),
      );
  });
}

/** Decompresses a gzip body (RFC 1952) as its reader pulls it. If the reader stops early, Node discards the unread part of the payload. */
async function* decompress(payload: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Gzip never makes data larger than this. Without the limit, a body of empty gzip members could go on for ever.
  const maxEncodedBytes = maxBytes * 1.01 + 1024;
  const chunkLimit = new ChunkLimit();
  let encodedBytes = 0;
  let decodedBytes = 0;
  const countChunk = (chunk: Buffer): void => {
    encodedBytes += chunk.length;
    try {
      chunkLimit.count(chunk.length);
      if (encodedBytes > maxEncodedBytes) throw bodyTooLarge(maxBytes);
    } catch (error) {
      gunzip.destroy(error instanceof Error ? error : undefined);
    }
  };
  const abort = (): void => {
    if (!payload.readableEnded) gunzip.destroy();
  };
  // If the connection is already closed, the payload does not emit `close` again, so the listener below would never run.
  if (payload.destroyed) abort();
  payload.on('data', countChunk).on('error', abort).on('close', abort).pipe(gunzip);
  try {
    const chunks: AsyncIterable<Buffer> = gunzip;
    for await (const chunk of chunks) {
      decodedBytes += chunk.length;
      if (decodedBytes > maxBytes) throw bodyTooLarge(maxBytes);
      yield chunk;
    }
    // The decompressor stops after the last gzip member, and ignores zeros that follow.
    if (!payload.readableEnded || gunzip.bytesWritten !== encodedBytes)
      throw new Error('Bytes follow the last gzip member.');
  } catch (error) {
    throw readingFault(error, 'The body is not well-formed gzip.');
  } finally {
    payload.off('data', countChunk).off('error', abort).off('close', abort).unpipe(gunzip);
  }
}
