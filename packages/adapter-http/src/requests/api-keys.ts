import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

// Each becomes a header line of its own, because Chromium reads one challenge per line and asks for a user name if it is Basic.
const challenges = ['Basic realm="user-activity", charset="UTF-8"', 'Bearer realm="user-activity"'];

const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer');

/** Returns whether at least one of the texts is an API key. */
export type HasApiKey = (texts: readonly string[]) => boolean;

/** Makes a function that finds API keys. It compares all digests, each in constant time, so that the time reveals nothing. */
export function apiKeyFinder(apiKeys: readonly string[]): HasApiKey {
  const keyDigests = apiKeys.map(digestOf);
  return (texts) => {
    let matches = 0;
    for (const textDigest of texts.map(digestOf))
      for (const keyDigest of keyDigests) matches += Number(timingSafeEqual(textDigest, keyDigest));
    return matches > 0;
  };
}

/**
 * Makes a check that throws 401 for a request without an API key. The key is a Bearer token (RFC 6750), the value of `X-Api-Key`, or the
 * user name of Basic authentication (RFC 7617). A route with `keyInBody` must also call `assertKeyInBody`, once it has the body.
 */
export function keyCheck(apiKeys: readonly string[]): (request: FastifyRequest) => void {
  const hasApiKey = apiKeyFinder(apiKeys);
  return (request) => {
    const { headers, routeOptions } = request;
    if (routeOptions.config.needsNoKey?.(request) === true) return;
    const keys = keysIn(headers.authorization, headers['x-api-key']);
    if (keys.length === 0 && headers.authorization === undefined && routeOptions.config.keyInBody === true)
      request.bytes.expectKeyInBody();
    else if (!hasApiKey(keys)) throw keyRequired('or as Basic user name');
  };
}

/** Throws 401 if a request has no API key, in its headers or as the `writeKey` of its body. */
export function assertKeyInBody({ bytes }: FastifyRequest, writeKey: unknown, hasApiKey: HasApiKey): void {
  if (!bytes.isUnauthenticated) return;
  if (typeof writeKey !== 'string' || !hasApiKey([writeKey]))
    throw keyRequired('as Basic user name, or as `writeKey` in the body');
  bytes.trust();
}

const keyRequired = (elsewhere: string): Problem =>
  new Problem(401, `An API key is required: as a Bearer token, in X-Api-Key, ${elsewhere}.`, {
    headers: { 'www-authenticate': challenges },
  });

// RFC 4648, section 4. Needed because Node's decoder skips invalid characters.
const base64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

function keysIn(authorization: string | undefined, header: string | readonly string[] | undefined): string[] {
  const keys: string[] = typeof header === 'string' ? [header] : [];
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') keys.push(credentials);
  if (scheme.toLowerCase() === 'basic' && base64.test(credentials))
    keys.push(Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0] ?? '');
  return keys;
}
