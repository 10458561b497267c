import type { FastifyRequest } from 'fastify';
import { mendedJsonIn, withoutMark } from '../bodies/json-body.ts';
import { type AreKnown, assertKeyInBody } from '../requests/api-keys.ts';
import { mediaTypeFault } from '../requests/media-types.ts';
import { Problem } from '../requests/problem.ts';
import { membersNamed } from './members-named.ts';
import { utf8OfCalls } from './utf8-of-calls.ts';

/** The media types that bodies of calls have. */
export const mediaTypes: readonly string[] = ['application/json', 'text/plain'];
const isJson = /^application\/json\s*(?:;|$)/i;
const isText = /^text\/plain\s*(?:;|$)/i;

/**
 * The body of a request with calls, as UTF-8. The sender has a key: 401 comes before all that is wrong with the body. RudderStack's SDK
 * compresses its JSON, and then calls it a form; SDKs for mobile apps call theirs a text. Uncompressed, a form and a text are what any page of the web can have a browser send here without asking first: 415. A
 * browser that posts names the page in `Origin` or `Sec-Fetch-Site`, so a text with neither is from another program.
 */
export async function callBody(request: FastifyRequest, areKnown: AreKnown): Promise<Buffer> {
  const { headers, bytes } = request;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  if (bytes.isStranger) assertKeyInBody(request, await writeKeyIn(request, body), areKnown);
  if (body.length === 0) throw new Problem(400, 'A JSON body is required.');
  const contentType = headers['content-type'];
  if (headers['content-encoding'] === undefined && !isJson.test(contentType ?? '')) {
    if (!isText.test(contentType ?? '')) throw new Problem(415, mediaTypeFault(contentType, mediaTypes));
    if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined)
      throw new Problem(
        415,
        'A page in a browser must send application/json: any page of the web could send text/plain.',
      );
  }
  const json = utf8OfCalls(contentType, body);
  if (json.length > body.length) bytes.addBody(json.length - body.length);
  return json;
}

// More than a header can hold, in which a key is as good.
const maxKeyBytes = 16 * 1024;

/** What a body says is its key. Nothing else of it is parsed: it is a stranger's. */
async function writeKeyIn({ headers }: FastifyRequest, body: Buffer): Promise<unknown> {
  try {
    const value = (await membersNamed(withoutMark(body), ['writeKey'])).get('writeKey');
    if (value === undefined || value.length > maxKeyBytes) return undefined;
    return mendedJsonIn(utf8OfCalls(headers['content-type'], value));
  } catch {
    // A stranger learns nothing of what is wrong with it.
    return undefined;
  }
}
