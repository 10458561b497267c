import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../requests/problem.ts';
import { bodyTooLarge, readingFault } from '../requests/input-limits.ts';
import { ChunkLimit } from './chunk-limit.ts';

/** Decompresses gzip bodies. The limits count the decompressed bytes. Other encodings get 415. */
export function decodeBodies(app: FastifyInstance): void {
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
    if (encoding === 'identity') done(null, payload);
    else if (encoding === 'gzip' || encoding === 'x-gzip') {
      // The header counts compressed bytes, and nobody knows the decompressed size yet.
      delete request.raw.headers['content-length'];
      request.raw.headers['transfer-encoding'] = 'chunked';
      done(null, Readable.from(gunzipped(payload, request.routeOptions.bodyLimit), { objectMode: false }));
    } else
      done(
        new Problem(415, 'Content-Encoding must be gzip or identity.', {
          headers: { 'accept-encoding': 'gzip, identity' },
        }),
      );
  });
}

/** Decompresses a gzip body (RFC 1952) as its reader pulls it. If the reader stops early, Node discards the rest of the payload. */
async function* gunzipped(payload: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Gzip makes incompressible data larger, but by less than this. A body of empty gzip members could be endless.
  const maxEncoded = maxBytes * 1.01 + 1024;
  const limit = new ChunkLimit();
  let encoded = 0;
  let decoded = 0;
  const count = (chunk: Buffer): void => {
    encoded += chunk.length;
    try {
      limit.count(chunk.length);
      if (encoded > maxEncoded) throw bodyTooLarge(maxBytes);
    } catch (error) {
      gunzip.destroy(error instanceof Error ? error : undefined);
    }
  };
  const breakOff = (): void => {
    if (!payload.readableEnded) gunzip.destroy();
  };
  // If the connection is closed already, the payload emits no further `close`.
  if (payload.destroyed) breakOff();
  payload.on('data', count).on('error', breakOff).on('close', breakOff).pipe(gunzip);
  try {
    const chunks: AsyncIterable<Buffer> = gunzip;
    for await (const chunk of chunks) {
      decoded += chunk.length;
      if (decoded > maxBytes) throw bodyTooLarge(maxBytes);
      yield chunk;
    }
    // The decompressor ends at the last gzip member, and ignores zeros after it.
    if (!payload.readableEnded || gunzip.bytesWritten !== encoded)
      throw new Error('Bytes follow the last gzip member.');
  } catch (error) {
    throw readingFault(error, 'The body is not well-formed gzip.');
  } finally {
    payload.off('data', count).off('error', breakOff).off('close', breakOff).unpipe(gunzip);
  }
}
