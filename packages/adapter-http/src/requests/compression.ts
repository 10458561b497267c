import { once } from 'node:events';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import pLimit from 'p-limit';
import type { NamedProjects } from './project.ts';

// A smaller response fits into one packet anyway.
const minBytes = 1024;
const encoding = 'gzip';
// Node's pool has four threads by default. A compressor takes 256 KiB, so a response gets one only when a thread is free for it.
const limitCompressions = pLimit(4);
const compress = promisify(gzip);

/**
 * Returns whether responses of a route are compressed: by default those to GET below `/api` and `/v1`. The BREACH attack needs a response
 * with both a secret and text that the attacker chooses. There is none: only responses to POST have the secrets of keys.
 */
export const isCompressible = ({ method, config = {} }: RouteOptions, projects: NamedProjects): boolean =>
  config.isCompressible ??
  (projects !== 'none' && [method].flat().every((name) => name === 'GET' || name === 'HEAD'));

/** Returns whether a header `Accept-Encoding` allows gzip, and does not prefer an uncompressed response (RFC 9110, section 12.5.3). */
export function acceptsGzip(header: string | readonly string[] = ''): boolean {
  const qualities = new Map(
    header
      .toString()
      .toLowerCase()
      .split(',')
      .map((element): [string, number] => {
        const [coding = '', weight = 'q=1'] = element.split(';').map((part) => part.trim());
        return [coding, Number(/^q *= *([\d.]+)$/.exec(weight)?.[1] ?? 0)];
      }),
  );
  const quality = qualities.get(encoding) ?? qualities.get('x-gzip') ?? qualities.get('*') ?? 0;
  return quality > 0 && quality >= (qualities.get('identity') ?? 0);
}

/**
 * Returns whether the response may be compressed. A response to a page of another site may not: its compressed size would reveal something
 * of its content.
 */
const mayCompress = ({ headers }: FastifyRequest): boolean =>
  acceptsGzip(headers['accept-encoding']) && headers['sec-fetch-site'] !== 'cross-site';

/**
 * A hook `onSend` that compresses a complete response, unless it is small or the client does not accept gzip. Runs on a thread of Node's
 * pool.
 */
export async function compressBody(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  const isBody = typeof payload === 'string' || Buffer.isBuffer(payload);
  if (!isBody || payload.length < minBytes || !mayCompress(request)) return payload;
  const compressed = await limitCompressions(() => compress(payload));
  reply.header('content-encoding', encoding);
  return compressed;
}

/** Returns the chunks of a streamed response, compressed if the client accepts that. */
export function compressChunks(
  request: FastifyRequest,
  reply: FastifyReply,
  chunks: AsyncIterable<Buffer>,
): AsyncIterable<Buffer> {
  if (!mayCompress(request)) return chunks;
  reply.header('content-encoding', encoding);
  return gzipped(chunks);
}

/**
 * Yields each chunk compressed, before it asks for the next one. A client can read it as soon as it arrives, so a client whose connection
 * breaks has everything that was sent.
 */
async function* gzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const compressor = createGzip({ flush: constants.Z_SYNC_FLUSH });
  const parts: Buffer[] = [];
  compressor.on('data', (part: Buffer) => parts.push(part));
  try {
    for await (const chunk of chunks) {
      await new Promise((resolve) => {
        compressor.write(chunk, resolve);
      });
      yield Buffer.concat(parts.splice(0));
    }
    const ended = once(compressor, 'end');
    compressor.end();
    await ended;
    yield Buffer.concat(parts);
  } finally {
    compressor.destroy();
  }
}
