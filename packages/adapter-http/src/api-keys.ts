import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

// A line each: Chromium reads one challenge per line, and asks for a user name where that is Basic.
const challenges = ['Basic realm="user-activity", charset="UTF-8"', 'Bearer realm="user-activity"'];

const digest = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();

/**
 * Whether a request carries one of the keys: as a Bearer token (RFC 6750), in `X-Api-Key`, or as the user name of Basic
 * authentication (RFC 7617). Compared by digests in constant time, all of them each time.
 */
export function keyCheck(apiKeys: readonly string[]): (request: FastifyRequest) => void {
  const known = apiKeys.map(digest);
  return ({ headers }) => {
    const given = keysIn(headers.authorization, headers['x-api-key']).map(digest);
    let matches = 0;
    for (const one of given) for (const other of known) matches += Number(timingSafeEqual(one, other));
    if (matches > 0) return;
    throw new Problem(
      401,
      'An API key is required: as a Bearer token, in X-Api-Key, or as Basic user name.',
      { headers: { 'www-authenticate': challenges } },
    );
  };
}

// RFC 4648, section 4. Node's decoder overlooks what is none.
const base64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

function keysIn(authorization: string | undefined, header: string | readonly string[] | undefined): string[] {
  const keys: string[] = typeof header === 'string' ? [header] : [];
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') keys.push(credentials);
  if (scheme.toLowerCase() === 'basic' && base64.test(credentials))
    keys.push(Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0] ?? '');
  return keys;
}
