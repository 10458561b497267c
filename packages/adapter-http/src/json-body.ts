import { isUtf8 } from 'node:buffer';
import { parseJson } from '@user-activity/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a request without a body is as good as one with an empty object, with a Content-Type or without. */
    readonly optionalBody?: boolean;
  }
}

/**
 * Reads bodies of `application/json` (RFC 8259: UTF-8). Nothing of a body is ever part of an answer or a log line, as V8's
 * messages about malformed JSON are. Keys such as `__proto__` come through as plain members: the domain judges them by path.
 */
export function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const none = body.length === 0 && request.routeOptions.config.optionalBody === true;
      done(null, none ? {} : parse(body));
    } catch (error) {
      done(error instanceof Error ? error : new Error('A parser threw no error.'));
    }
  });
  app.addHook('preParsing', async (request) => refuseEncodings(request));
}

/** The body, which every route that asks for it requires. */
export function bodyOf(request: FastifyRequest): unknown {
  // A body without a type was refused by then; a JSON null has one.
  if (request.headers['content-type'] === undefined) throw new Problem(400, 'A JSON body is required.');
  return request.body;
}

/** The body of a route with `optionalBody`. */
export function optionalBodyOf(request: FastifyRequest): unknown {
  return request.headers['content-type'] === undefined ? {} : request.body;
}

function parse(body: string | Buffer): unknown {
  if (body.length === 0) throw new Problem(400, 'A JSON body is required.');
  if (typeof body !== 'string' && !isUtf8(body)) throw new Problem(400, 'The body is not valid UTF-8.');
  try {
    return parseJson(body.toString('utf8'));
  } catch (error) {
    if (error instanceof RangeError)
      throw new Problem(400, 'The body has too many different keys with an escape.');
    throw new Problem(400, 'The body is not well-formed JSON.');
  }
}

function refuseEncodings({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new Problem(415, 'The body must not be encoded.', { headers: { 'accept-encoding': 'identity' } });
  const [, charset] = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers['content-type'] ?? '') ?? [];
  if (charset !== undefined && !/^utf-?8$/i.test(charset))
    throw new Problem(415, 'The charset of the body must be utf-8.');
}
