import { isUtf8 } from 'node:buffer';
import { parseJson, RuleBroken } from '@user-activity/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { looksLikeLines } from './json-bytes.ts';
import { isDeeperThan } from './json-weight.ts';
import { Problem } from './problem.ts';
import { parseWhole } from './whole-body.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a request may come without a body, with a Content-Type or without; where it is JSON, that is as good as an empty object. */
    readonly optionalBody?: boolean;
  }
}

/**
 * Reads bodies of `application/json` (RFC 8259: UTF-8). Nothing of a body is ever part of an answer or a log line, as V8's
 * messages about malformed JSON are. Keys such as `__proto__` come through as plain members: the domain judges them by path.
 */
export function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  parseWhole(app, 'application/json', (request, body) => {
    assertUtf8(request.headers['content-type']);
    const none = body.length === 0 && request.routeOptions.config.optionalBody === true;
    return none ? {} : jsonBody(body);
  });
}

/** The body, which every route that asks for it requires. */
export function bodyOf(request: FastifyRequest): unknown {
  // A body without a type was refused by then; a JSON null has one.
  if (request.headers['content-type'] === undefined) throw new Problem(400, 'A JSON body is required.');
  return request.body;
}

/** A whole body as JSON. Throws 400 with what is wrong with it. */
export function jsonBody(body: string | Buffer): unknown {
  if (body.length === 0) throw new Problem(400, 'A JSON body is required.');
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  try {
    return jsonIn(bytes);
  } catch (error) {
    throw error instanceof RuleBroken ? brokenBody(error, bytes) : error;
  }
}

/** 400 for a body that is no JSON, with the way out where it holds lines of JSON. */
export const brokenBody = (fault: RuleBroken, body: Buffer): Problem =>
  new Problem(
    400,
    looksLikeLines(body)
      ? 'The body holds several JSON values where one is due. Activities, one on each line, are application/x-ndjson and go to POST /api/logs/batch.'
      : `The body ${fault.message}.`,
  );

// Levels cost the parser far more than their bytes. Metadata has at most 16, and a text so short is parsed in a moment.
const maxLevels = 1000;
const shortBytes = 64 * 1024;
/** What is wrong with a text that `isTooDeep`. */
export const tooDeep: string = `is nested deeper than ${maxLevels} levels`;
/** Whether a JSON text has more than 1,000 levels in more than 64 KiB. */
export const isTooDeep = (bytes: Buffer): boolean =>
  bytes.length > shortBytes && isDeeperThan(maxLevels, bytes);

/** The JSON value that the bytes are in UTF-8. Throws RuleBroken if they are none, or too deep. */
export function jsonIn(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new RuleBroken('is not valid UTF-8');
  if (isTooDeep(bytes)) throw new RuleBroken(tooDeep);
  try {
    return parseJson(bytes.toString('utf8'));
  } catch {
    throw new RuleBroken('is not well-formed JSON');
  }
}

/** The charset that a media type names, in lower case. */
export function charsetOf(contentType = ''): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1]?.toLowerCase();
}

/** JSON is UTF-8 (RFC 8259, section 8.1): throws 415 where the media type says that it is something else. */
export function assertUtf8(contentType: string | undefined): void {
  const charset = charsetOf(contentType);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new Problem(415, 'The charset of the body must be utf-8.');
}
