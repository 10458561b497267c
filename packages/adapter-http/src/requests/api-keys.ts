import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

// A line each: Chromium reads one challenge per line, and asks for a user name where that is Basic.
const challenges = ['Basic realm="user-activity", charset="UTF-8"', 'Bearer realm="user-activity"'];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a request needs no key, if there are keys. Default: it needs one. */
    readonly needsNoKey?: (request: FastifyRequest) => boolean;
    /** Whether the key may be in the body, where `assertKeyInBody` looks for it. */
    readonly keyInBody?: boolean;
  }
}

const digest = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();

/** Whether one of some texts is a key. Compared by digests in constant time, all of them each time. */
export type AreKnown = (keys: readonly string[]) => boolean;

/** Knows these keys. */
export function knownKeys(apiKeys: readonly string[]): AreKnown {
  const known = apiKeys.map(digest);
  return (keys) => {
    let matches = 0;
    for (const one of keys.map(digest))
      for (const other of known) matches += Number(timingSafeEqual(one, other));
    return matches > 0;
  };
}

/**
 * Refuses requests without one of the keys (401): as a Bearer token (RFC 6750), in `X-Api-Key`, or as the user name of Basic
 * authentication (RFC 7617). A route that takes it in the body judges that itself, by `assertKeyInBody`.
 */
export function keyCheck(apiKeys: readonly string[]): (request: FastifyRequest) => void {
  const areKnown = knownKeys(apiKeys);
  return (request) => {
    const { headers, routeOptions } = request;
    if (routeOptions.config.needsNoKey?.(request) === true) return;
    const given = keysIn(headers.authorization, headers['x-api-key']);
    if (given.length === 0 && headers.authorization === undefined && routeOptions.config.keyInBody === true)
      request.bytes.expectKeyInBody();
    else if (!areKnown(given)) throw keyRequired('or as Basic user name');
  };
}

/** Throws 401 if a request has shown no key so far, and the `writeKey` of its body is none. */
export function assertKeyInBody({ bytes }: FastifyRequest, writeKey: unknown, areKnown: AreKnown): void {
  if (!bytes.isStranger) return;
  if (typeof writeKey !== 'string' || !areKnown([writeKey]))
    throw keyRequired('as Basic user name, or as `writeKey` in the body');
  bytes.trust();
}

const keyRequired = (elsewhere: string): Problem =>
  new Problem(401, `An API key is required: as a Bearer token, in X-Api-Key, ${elsewhere}.`, {
    headers: { 'www-authenticate': challenges },
  });

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
