import { isUtf8 } from 'node:buffer';
import { isDomainError, parseExactJson, parseMendedJson, RuleBroken } from '@user-activity/domain';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { holdsSeveralValues, isDeeperThan } from './json-bytes.ts';
import { charsetOf } from '../requests/media-types.ts';
import { Problem } from '../requests/problem.ts';
import { SeveralValuesProblem } from '../requests/several-values.ts';
import { parseBodies } from './whole-body.ts';

/**
 * Makes the routes accept bodies of `application/json` (RFC 8259). Unlike V8's messages, the messages for malformed JSON do not quote the
 * body. Keys such as `__proto__` become plain members, so that the domain can refuse them with their path.
 */
export function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  parseBodies(app, 'application/json', (request, body) => {
    const json = utf8Body(request.headers['content-type'], body);
    const isOmitted = json.length === 0 && request.route.config.optionalBody === true;
    return isOmitted ? {} : readJsonBody(json);
  });
}

/** Returns the body of a request. If there is no body, returns an empty object if the body is optional, and throws 400 otherwise. */
export function bodyOf(request: FastifyRequest): unknown {
  // Fastify has refused bodies without a Content-Type. A body of `null` is allowed here.
  if (request.headers['content-type'] !== undefined) return request.body;
  if (request.route.config.optionalBody === true) return {};
  throw new Problem(400, 'A JSON body is required.');
}

/** Throws 400 if a request has a body with content, to a route that takes no body. */
export async function refuseBody({ body }: FastifyRequest): Promise<void> {
  // Some clients send an empty object.
  if (body === undefined || body === null || (typeof body === 'object' && Object.keys(body).length === 0))
    return;
  throw new Problem(400, 'This route takes no body. It reads only the path and the query.');
}

/** Parses a body with `parse`. Throws 400 if the body is empty or malformed. Passes other errors of `parse` on to the caller. */
export function readJsonBody(body: Buffer, parse: JsonReader = readExactJson): unknown {
  if (body.length === 0) throw new Problem(400, 'A JSON body is required.');
  try {
    return parse(body);
  } catch (error) {
    throw bodyFault(error, body);
  }
}

/** Turns RuleBroken into a 400. If the body has several JSON values, the 400 says how to send them. Returns other errors unchanged. */
export function bodyFault(error: unknown, body: Buffer): unknown {
  if (!(error instanceof RuleBroken)) return error;
  const detail = `The body ${error.message}.`;
  return holdsSeveralValues(body) ? new SeveralValuesProblem(detail) : new Problem(400, detail);
}

// Nesting slows the parser down far more than size does. Bodies up to `maxShortBytes` need no limit.
const maxLevels = 1000;
export const maxShortBytes: number = 64 * 1024;
export const tooDeepMessage = `is nested deeper than ${maxLevels} levels`;
/** Returns whether JSON has more than 1,000 levels and more than 64 KiB. */
export const isTooDeep = (bytes: Buffer): boolean =>
  bytes.length > maxShortBytes && isDeeperThan(maxLevels, bytes);

/** Parses JSON. Throws RuleBroken if the bytes are not JSON in UTF-8, or have too many levels. */
export type JsonReader = (bytes: Buffer) => unknown;

/** Parses JSON with `parseExactJson`, for routes that reject what cannot be stored exactly. Throws INVALID_ACTIVITY for repeated keys. */
export const readExactJson: JsonReader = (bytes) => parseUtf8Json(parseExactJson, bytes);

/** Parses JSON with `parseMendedJson`, which accepts repeated keys, for routes whose clients ignore error responses. */
export const readMendedJson: JsonReader = (bytes) => parseUtf8Json(parseMendedJson, bytes);

function parseUtf8Json(parse: (text: string) => unknown, bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new RuleBroken('is not valid UTF-8');
  if (isTooDeep(bytes)) throw new RuleBroken(tooDeepMessage);
  try {
    return parse(bytes.toString('utf8'));
  } catch (error) {
    throw isDomainError(error) ? error : new RuleBroken('is not well-formed JSON');
  }
}

// U+FEFF in UTF-8. Windows tools put it at the beginning of files.
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Removes the byte order mark from the start of a body (RFC 8259, section 8.1, allows this). */
export const withoutByteOrderMark = (start: Buffer): Buffer =>
  start[0] === byteOrderMark[0] && start.subarray(0, byteOrderMark.length).equals(byteOrderMark)
    ? start.subarray(byteOrderMark.length)
    : start;

/** Returns a JSON body without its byte order mark. Throws 415 if the media type names a charset other than UTF-8. */
export function utf8Body(contentType: string | undefined, body: Buffer): Buffer {
  assertUtf8(contentType);
  return withoutByteOrderMark(body);
}

/** Throws 415 if the media type names a charset other than UTF-8 (RFC 8259, section 8.1). */
export function assertUtf8(contentType: string | undefined): void {
  const charset = charsetOf(contentType);
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new Problem(415, 'The charset of the body must be utf-8.');
}
