import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DomainError, isDomainError } from '@user-activity/domain';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../requests/problem.ts';
import { ChunkLimit } from './chunk-limit.ts';
import { tooLarge } from './whole-body.ts';

/**
 * Decodes bodies by their `Content-Encoding` (RFC 9110, section 8.4): gzip, also as `x-gzip`, and identity. Others, and chains,
 * are 415. Limits count what was decoded, and nothing more of a body is decoded once it is above.
 */
export function decodeBodies(app: FastifyInstance): void {
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
    if (encoding === 'identity') done(null, payload);
    else if (encoding === 'gzip' || encoding === 'x-gzip') {
      // It counts what is on the wire: of the body that everybody reads from here on the length is not known.
      delete request.raw.headers['content-length'];
      request.raw.headers['transfer-encoding'] = 'chunked';
      done(null, Readable.from(gunzipped(payload, request.routeOptions.bodyLimit), { objectMode: false }));
    } else
      done(
        new Problem(415, 'The body must be encoded as gzip, or not at all.', {
          headers: { 'accept-encoding': 'gzip, identity' },
        }),
      );
  });
}

/**
 * What a gzip body stands for (RFC 1952: one member or several). Nothing is decoded before it is asked for, and whichever way
 * it ends, the decoder is gone. What is left of the payload is Node's to do away with.
 */
async function* gunzipped(payload: Readable, most: number): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // What can't be compressed grows by less than this; only members without content would never come to an end.
  const maxEncoded = most * 1.01 + 1024;
  const limit = new ChunkLimit();
  let encoded = 0;
  let decoded = 0;
  const count = (chunk: Buffer): void => {
    encoded += chunk.length;
    try {
      limit.count(chunk.length);
      if (encoded > maxEncoded) throw tooLarge(most);
    } catch (error) {
      gunzip.destroy(error instanceof Error ? error : undefined);
    }
  };
  const breakOff = (): void => {
    if (!payload.readableEnded) gunzip.destroy();
  };
  // Its client may be gone by now, and a payload says so once.
  if (payload.destroyed) breakOff();
  payload.on('data', count).on('error', breakOff).on('close', breakOff).pipe(gunzip);
  try {
    const chunks: AsyncIterable<Buffer> = gunzip;
    for await (const chunk of chunks) {
      decoded += chunk.length;
      if (decoded > most) throw tooLarge(most);
      yield chunk;
    }
    // The decoder overlooks zeros behind the last member.
    if (!payload.readableEnded || gunzip.bytesWritten !== encoded)
      throw new Error('There is more behind the last member.');
  } catch (error) {
    if (isDomainError(error)) throw error;
    throw new DomainError('INPUT_UNREADABLE', 'The body is not well-formed gzip.', { cause: error });
  } finally {
    payload.off('data', count).off('error', breakOff).off('close', breakOff).unpipe(gunzip);
  }
}
