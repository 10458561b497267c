import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

// Each challenge becomes a header of its own: Chromium reads one challenge per header, and shows a login form if that is Basic.
const challenges = ['Basic realm="user-activity", charset="UTF-8"', 'Bearer realm="user-activity"'];

const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer');

/** Returns whether at least one of the candidates is an API key. */
export type HasApiKey = (candidates: readonly string[]) => boolean;

/** Makes a function that finds API keys. It always compares all digests, so that its duration reveals nothing about the keys. */
export function apiKeyFinder(apiKeys: readonly string[]): HasApiKey {
  const keyDigests = apiKeys.map(digestOf);
  return (candidates) => {
    let matchCount = 0;
    for (const candidateDigest of candidates.map(digestOf))
      for (const keyDigest of keyDigests) matchCount += Number(timingSafeEqual(candidateDigest, keyDigest));
    return matchCount > 0;
  };
}

/**
 * Makes a check that throws 401 for a request without an API key. The key is a Bearer token (RFC 6750), the value of `X-Api-Key`, or the
 * user name of Basic authentication (RFC 7617). The handler of a route with `keyInBody` must also call `assertKeyInBody`.
 */
export function apiKeyCheck(apiKeys: readonly string[]): (request: FastifyRequest) => void {
  const hasApiKey = apiKeyFinder(apiKeys);
  return (request) => {
    const { headers, routeOptions } = request;
    if (routeOptions.config.needsNoKey?.(request) === true) return;
    const keys = keysIn(headers.authorization, headers['x-api-key']);
    if (keys.length === 0 && headers.authorization === undefined && routeOptions.config.keyInBody === true)
      request.byteCounter.expectKeyInBody();
    else if (!hasApiKey(keys)) throw keyRequiredProblem('or as Basic user name');
  };
}

/** Throws 401 if a request has no API key, neither in its headers nor as the `writeKey` of its body. */
export function assertKeyInBody({ byteCounter }: FastifyRequest, key: unknown, hasApiKey: HasApiKey): void {
  if (!byteCounter.isUnauthenticated) return;
  if (typeof key !== 'string' || !hasApiKey([key]))
    throw keyRequiredProblem('as Basic user name, or as `writeKey` in the body');
  byteCounter.markKeyValid();
}

const keyRequiredProblem = (lastOption: string): Problem =>
  new Problem(401, `An API key is required: as a Bearer token, in X-Api-Key, ${lastOption}.`, {
    headers: { 'www-authenticate': challenges },
  });

// Standard base64 (RFC 4648, section 4). Needed because Node's decoder skips invalid characters.
const base64Pattern = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

function keysIn(authorization: string | undefined, apiKey: string | readonly string[] | undefined): string[] {
  const keys: string[] = typeof apiKey === 'string' ? [apiKey] : [];
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') keys.push(credentials);
  if (scheme.toLowerCase() === 'basic' && base64Pattern.test(credentials))
    keys.push(Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0] ?? '');
  return keys;
}
