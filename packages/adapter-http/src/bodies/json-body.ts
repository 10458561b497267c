import { isUtf8 } from 'node:buffer';
import { isDomainError, parseExactJson, parseMendedJson, RuleBroken } from '@user-activity/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { holdsSeveral, isDeeperThan } from './json-bytes.ts';
import { charsetOf } from '../requests/media-types.ts';
import { Problem } from '../requests/problem.ts';
import { SeveralValues } from '../requests/several-values.ts';
import { parseWhole } from './whole-body.ts';

/**
 * Parses bodies of `application/json` (RFC 8259: UTF-8). No answer and no log line quotes a body; V8's messages about malformed JSON
 * would. Keys such as `__proto__` become plain members, so that the domain can refuse them with their path.
 */
export function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  parseWhole(app, 'application/json', (request, body) => {
    const json = utf8Body(request.headers['content-type'], body);
    const isLeftOut = json.length === 0 && request.routeOptions.config.optionalBody === true;
    return isLeftOut ? {} : jsonBody(json);
  });
}

/** The body of a request. Throws 400 if it has none. */
export function bodyOf(request: FastifyRequest): unknown {
  // A body without a Content-Type was refused before. A JSON null is a body.
  if (request.headers['content-type'] === undefined) throw new Problem(400, 'A JSON body is required.');
  return request.body;
}

/** Reads a whole body as JSON. Throws 400 if it is empty or malformed, and what `read` throws. */
export function jsonBody(body: Buffer, read: JsonReader = exactJsonIn): unknown {
  if (body.length === 0) throw new Problem(400, 'A JSON body is required.');
  try {
    return read(body);
  } catch (error) {
    throw bodyFault(error, body);
  }
}

/** Turns RuleBroken into a 400. If the body holds several JSON values, the response says how to send them. Returns other errors unchanged. */
export function bodyFault(error: unknown, body: Buffer): unknown {
  if (!(error instanceof RuleBroken)) return error;
  const detail = `The body ${error.message}.`;
  return holdsSeveral(body) ? new SeveralValues(detail) : new Problem(400, detail);
}

// Levels take the parser far longer than bytes do. Metadata has at most 16, and short texts are harmless.
const maxLevels = 1000;
const shortBytes = 64 * 1024;
export const tooDeep = `is nested deeper than ${maxLevels} levels`;
/** Whether a JSON text has more than 1,000 levels in more than 64 KiB. */
export const isTooDeep = (bytes: Buffer): boolean =>
  bytes.length > shortBytes && isDeeperThan(maxLevels, bytes);

/** Parses JSON. Throws RuleBroken if the bytes are not JSON in UTF-8, or are too deep. */
export type JsonReader = (bytes: Buffer) => unknown;

/** Parses JSON by `parseExactJson`, for routes that refuse values they cannot keep. Throws INVALID_ACTIVITY for repeated keys. */
export const exactJsonIn: JsonReader = (bytes) => jsonBy(parseExactJson, bytes);

/** Parses JSON by `parseMendedJson`, for routes whose clients ignore refusals. */
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

// U+FEFF in UTF-8. Windows tools put it at the beginning of files.
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** A body, or its first line, without a byte order mark, which JSON parsers may ignore (RFC 8259, section 8.1). */
export const withoutMark = (start: Buffer): Buffer =>
  start.subarray(0, byteOrderMark.length).equals(byteOrderMark)
    ? start.subarray(byteOrderMark.length)
    : start;

/** A whole body of JSON without a byte order mark. Throws 415 if the media type names another charset than UTF-8. */
export function utf8Body(contentType: string | undefined, body: Buffer): Buffer {
  assertUtf8(contentType);
  return withoutMark(body);
}

/** Throws 415 if the media type names another charset than UTF-8, which JSON has (RFC 8259, section 8.1). */
export function assertUtf8(contentType: string | undefined): void {
  const charset = charsetOf(contentType);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new Problem(415, 'The charset of the body must be utf-8.');
}
