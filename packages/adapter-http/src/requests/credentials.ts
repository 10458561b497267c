import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Authentication } from '@user-activity/application';
import { KeyId, Principal, type Scope } from '@user-activity/domain';

/** Finds the owner of the API key with this SHA-256 in hexadecimal. `scope` is the scope that the request needs, undefined for any. */
export type Authenticate = (digest: string, scope: Scope | undefined) => Authentication;

/** The root keys of the configuration, and the way to find the keys in the store. */
export interface KnownKeys {
  /** The root keys. If there are none, requests without a key are accepted too. */
  readonly apiKeys: readonly string[];
  readonly authenticate: Authenticate;
}

/**
 * The owner of the keys of a request, or why they are refused. `missing`: the request has no key. `several`: the request has valid keys of
 * different owners.
 */
export type Identification = Authentication | 'missing' | 'several';

/** Finds the owner of those candidates that are valid keys. */
export type FindPrincipal = (candidates: readonly string[], scope: Scope | undefined) => Identification;

/**
 * Makes a function that finds the owners of API keys. It always compares all digests of root keys, so that its duration reveals nothing
 * about them. Without root keys, clients may send any text as a key: the function ignores texts without the prefix of the keys in the
 * store.
 */
export function principalFinder({ apiKeys, authenticate }: KnownKeys): FindPrincipal {
  const rootDigests = apiKeys.map(digestOf);
  const ownerOf = (candidate: string, scope: Scope | undefined): Authentication | undefined => {
    const digest = digestOf(candidate);
    let matches = 0;
    for (const rootDigest of rootDigests) matches += Number(timingSafeEqual(digest, rootDigest));
    if (matches > 0) return Principal.root;
    if (!candidate.startsWith(KeyId.secretPrefix)) return undefined;
    // A truncated secret is refused, not ignored: without root keys, its request would reach the wrong project.
    return KeyId.isSecret(candidate) ? authenticate(digest.toString('hex'), scope) : 'unknown';
  };
  return (candidates, scope) => {
    let principal: Principal | undefined;
    let refusal: Authentication | undefined;
    for (const candidate of candidates) {
      const found = ownerOf(candidate, scope);
      if (typeof found !== 'object') refusal ??= found;
      else if (principal !== undefined && principal.actor !== found.actor) return 'several';
      else principal = found;
    }
    const found = principal ?? refusal;
    if (found !== undefined) return found;
    if (apiKeys.length === 0) return Principal.anonymous;
    return candidates.length === 0 ? 'missing' : 'unknown';
  };
}

const digestOf = (key: string): Buffer => hash('sha256', key, 'buffer');

// Standard base64 (RFC 4648, section 4). Needed because Node's decoder skips invalid characters.
const base64Pattern = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/**
 * Returns the keys in the headers of a request: a Bearer token (RFC 6750), the value of `X-Api-Key`, or the user name of Basic
 * authentication (RFC 7617).
 */
export function keysInHeaders({ authorization = '', 'x-api-key': apiKey }: IncomingHttpHeaders): string[] {
  const keys: string[] = typeof apiKey === 'string' ? [apiKey] : [];
  const [, scheme = '', credentials = ''] = /^(\S+) +(\S+)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') keys.push(credentials);
  if (scheme.toLowerCase() === 'basic' && base64Pattern.test(credentials))
    keys.push(Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0] ?? '');
  return keys;
}
