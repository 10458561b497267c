import { isUtf8 } from 'node:buffer';
import { isDomainError, parseExactJson, parseMendedJson, RuleBroken } from '@user-activity/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { holdsSeveral } from './json-bytes.ts';
import { isDeeperThan } from './json-weight.ts';
import { Problem } from '../requests/problem.ts';
import { SeveralValues } from '../requests/several-values.ts';
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
    const json = utf8Body(request.headers['content-type'], body);
    const none = json.length === 0 && request.routeOptions.config.optionalBody === true;
    return none ? {} : jsonBody(json);
  });
}

/** The body, which every route that asks for it requires. */
export function bodyOf(request: FastifyRequest): unknown {
  // A body without a type was refused by then; a JSON null has one.
  if (request.headers['content-type'] === undefined) throw new Problem(400, 'A JSON body is required.');
  return request.body;
}

/** A whole body as JSON. Throws 400 with what is wrong with it, and what `read` throws. */
export function jsonBody(body: Buffer, read: JsonReader = exactJsonIn): unknown {
  if (body.length === 0) throw new Problem(400, 'A JSON body is required.');
  try {
    return read(body);
  } catch (error) {
    throw error instanceof RuleBroken ? brokenBody(error, body) : error;
  }
}

/** 400 for a body that is no JSON, which the route has a way out for where it holds several values. */
export function brokenBody(fault: RuleBroken, body: Buffer): Problem {
  const detail = `The body ${fault.message}.`;
  return holdsSeveral(body) ? new SeveralValues(detail) : new Problem(400, detail);
}

// Levels cost the parser far more than their bytes. Metadata has at most 16, and a text so short is parsed in a moment.
const maxLevels = 1000;
const shortBytes = 64 * 1024;
/** What is wrong with a text that `isTooDeep`. */
export const tooDeep: string = `is nested deeper than ${maxLevels} levels`;
/** Whether a JSON text has more than 1,000 levels in more than 64 KiB. */
export const isTooDeep = (bytes: Buffer): boolean =>
  bytes.length > shortBytes && isDeeperThan(maxLevels, bytes);

/** Makes a JSON value of bytes. Throws RuleBroken if they are none in UTF-8, or too deep. */
export type JsonReader = (bytes: Buffer) => unknown;

/** Reads JSON as `parseExactJson` does: for doors that refuse what they can't keep. Throws INVALID_ACTIVITY for repeated keys. */
export const exactJsonIn: JsonReader = (bytes) => jsonBy(parseExactJson, bytes);

/** Reads JSON as `parseMendedJson` does: for doors whose clients tell nobody of a refusal. */
export const mendedJsonIn: JsonReader = (bytes) => jsonBy(parseMendedJson, bytes);

function jsonBy(parse: (text: string) => unknown, bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new RuleBroken('is not valid UTF-8');
  if (isTooDeep(bytes)) throw new RuleBroken(tooDeep);
  try {
    return parse(bytes.toString('utf8'));
  } catch (error) {
    throw isDomainError(error) ? error : new RuleBroken('is not well-formed JSON');
  }
}

/** The charset that a media type names, in lower case. */
export function charsetOf(contentType = ''): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1]?.toLowerCase();
}

// U+FEFF in UTF-8, with which files of Windows tools begin.
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** The body, or its first line, without a byte order mark at its start: a parser of JSON may ignore one (RFC 8259, section 8.1). */
export const withoutMark = (start: Buffer): Buffer =>
  start.subarray(0, byteOrderMark.length).equals(byteOrderMark)
    ? start.subarray(byteOrderMark.length)
    : start;

/** A whole body of JSON, without a byte order mark. Throws 415 where the media type says that it is no UTF-8. */
export function utf8Body(contentType: string | undefined, body: Buffer): Buffer {
  assertUtf8(contentType);
  return withoutMark(body);
}

/** JSON is UTF-8 (RFC 8259, section 8.1): throws 415 where the media type says that it is something else. */
export function assertUtf8(contentType: string | undefined): void {
  const charset = charsetOf(contentType);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new Problem(415, 'The charset of the body must be utf-8.');
}
