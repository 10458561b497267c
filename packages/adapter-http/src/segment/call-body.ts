import { KeyId, Principal } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { readMendedJson, withoutByteOrderMark } from '../bodies/json-body.ts';
import { assertKeyInBody } from '../requests/authorization.ts';
import { essenceOf, mediaTypeFault } from '../requests/media-types.ts';
import { Problem } from '../requests/problem.ts';
import type { RouteDeps } from '../requests/route.ts';
import { findMembers } from '../bodies/json-elements.ts';
import { utf8OfCalls } from './utf8-of-calls.ts';

export const callMediaTypes = ['application/json', 'text/plain'];

/**
 * Returns the body of a request with calls, as UTF-8. Checks the API key first, and throws 401 if there is none. Throws 429 if a limit of
 * the key or the project is reached.
 *
 * Some SDKs send JSON with another media type: compressed JSON as a form, or JSON as text. But any web page can make a browser send an
 * uncompressed form or text without a CORS preflight, so forms get 415. Text is accepted with a public key, which names the origin of the
 * page, or without `Origin` and `Sec-Fetch-Site`, because browsers send one of these headers.
 */
export async function readCallBody(
  request: FastifyRequest,
  { findPrincipal, usageLimiter }: Pick<RouteDeps, 'findPrincipal' | 'usageLimiter'>,
): Promise<Buffer> {
  const { headers, byteCounter } = request;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  // Without root keys, a call needs no key. But if it has a key of the store, this key decides to which project the call belongs.
  const isKeyPossible = request.principal === Principal.anonymous && body.includes(KeyId.secretPrefix);
  if (byteCounter.isUnauthenticated || isKeyPossible)
    assertKeyInBody(request, await writeKeyIn(request, body), findPrincipal);
  usageLimiter.beginAfterBody(request, body.length);
  if (body.length === 0) throw new Problem(400, 'A JSON body is required.');
  const contentType = headers['content-type'];
  const essence = essenceOf(contentType);
  if (headers['content-encoding'] === undefined && essence !== 'application/json') {
    if (essence !== 'text/plain') throw new Problem(415, mediaTypeFault(contentType, callMediaTypes));
    const isFromBrowser = headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
    if (isFromBrowser && !Principal.isPublic(request.principal))
      throw new Problem(
        415,
        'A page in a browser must send application/json, or use a key with its origin, because any web page could send text/plain.',
      );
  }
  const json = utf8OfCalls(contentType, body);
  if (json.length > body.length) byteCounter.addBody(json.length - body.length);
  return json;
}

// Node limits headers to 16 KiB, so a key in a header cannot be longer either.
const maxKeyBytes = 16 * 1024;

/** Returns the `writeKey` of a body. Parses no other member, because the sender is not authenticated yet. */
async function writeKeyIn({ headers }: FastifyRequest, body: Buffer): Promise<unknown> {
  try {
    const value = (await findMembers(withoutByteOrderMark(body), ['writeKey'])).get('writeKey');
    if (value === undefined || value.length > maxKeyBytes) return undefined;
    return readMendedJson(utf8OfCalls(headers['content-type'], value));
  } catch {
    // A sender without a key must not learn why the body is malformed.
    return undefined;
  }
}
