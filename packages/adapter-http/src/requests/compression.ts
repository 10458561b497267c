import { type Readable, pipeline } from 'node:stream';
import { constants, createGzip, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { NamedProjects } from './project.ts';

// A smaller response fits into one packet anyway.
const minBytes = 1024;
const encoding = 'gzip';

/**
 * Returns whether responses of a route are compressed: by default those to GET below `/api` and `/v1`. None of them has a secret beside what
 * a caller can choose, as BREACH needs: the secrets of keys are in responses to POST alone.
 */
export const isCompressible = ({ method, config = {} }: RouteOptions, projects: NamedProjects): boolean =>
  config.isCompressible ??
  (projects !== 'none' && [method].flat().every((name) => name === 'GET' || name === 'HEAD'));

/** Returns whether a header `Accept-Encoding` allows gzip, and prefers nothing to it (RFC 9110, section 12.5.3). */
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

/** Returns whether the response may be compressed. One that the page of another site requests is not, so that it reveals only its size. */
const mayCompress = ({ headers }: FastifyRequest): boolean =>
  acceptsGzip(headers['accept-encoding']) && headers['sec-fetch-site'] !== 'cross-site';

/** A hook `onSend` that compresses a response that is complete and not small, if the client accepts that. A thread of the pool does it. */
export function compressBody(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: Error | null, payload?: unknown) => void,
): void {
  const isBody = typeof payload === 'string' || Buffer.isBuffer(payload);
  if (!isBody || payload.length < minBytes || !mayCompress(request)) {
    done(null, payload);
    return;
  }
  gzip(payload, (error, compressed) => {
    if (error === null) reply.header('content-encoding', encoding);
    done(error, compressed);
  });
}

/**
 * Returns the stream of a response, compressed if the client accepts that. Each chunk can be read as soon as it is sent, so that a client
 * whose connection breaks has nearly everything. The stream fails if `body` fails, and destroys `body` if it is destroyed.
 */
export function compressStream(request: FastifyRequest, reply: FastifyReply, body: Readable): Readable {
  if (!mayCompress(request)) return body;
  reply.header('content-encoding', encoding);
  return pipeline(body, createGzip({ flush: constants.Z_SYNC_FLUSH }), () => {});
}
