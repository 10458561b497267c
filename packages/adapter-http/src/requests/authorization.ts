import { Principal, type Scope } from '@user-activity/domain';
import type { FastifyRequest } from 'fastify';
import { type FindPrincipal, type Identification, keysInHeaders } from './credentials.ts';
import { assertNoKeyInQuery, keyInUrlProblem, takeKeysInQuery } from './key-in-query.ts';
import { foreignHostCheck } from './own-hosts.ts';
import { isUnknownPath } from './error-handling.ts';
import { Problem } from './problem.ts';
import { setProject } from './project.ts';
import { WrongKeyProblem } from './wrong-key-limit.ts';

/** The scope that a route needs. `any`: a valid key is enough. */
export type RouteScope = Scope | 'any';

interface Routed {
  readonly url?: string | undefined;
  readonly config: { readonly scope?: RouteScope; readonly isHealthCheck?: boolean };
}

/**
 * Returns the scope that a route needs, or undefined if it names none. The routes of the documentation come from a plugin, which names no
 * scope.
 */
const scopeOf = ({ url = '', config }: Routed): RouteScope | undefined =>
  config.scope ?? (/^\/docs(?:\/|$)/.test(url) ? 'any' : undefined);

/** Throws if a route names no scope, so that no route is open by mistake. */
export function assertScopeNamed(route: Routed): void {
  if (route.config.isHealthCheck !== true && scopeOf(route) === undefined)
    throw new Error(`The route ${route.url} must name the scope that it needs.`);
}

/**
 * Makes a function that returns whether a request needs an API key. If the service has root keys, every request needs one. If it has none,
 * only a request from a page of another site needs one. Without root keys, the function throws 403 for a request that is for a foreign host,
 * or from a page of another site that no public key allows.
 */
export const keyRequirement = ({
  apiKeys,
  allowedHosts,
}: {
  readonly apiKeys: readonly string[];
  readonly allowedHosts: readonly string[];
}): ((request: FastifyRequest) => boolean) =>
  // Without root keys, a page of another site could send requests without a key. Only the headers reveal such a page.
  apiKeys.length > 0 ? () => true : foreignHostCheck(allowedHosts);

/**
 * Makes a check that sets `request.principal`, the owner of the request's API key. It throws 401 without a valid API key, 403 if the key
 * does not allow the route or the web page, and 400 if the URL has a key, or if the request has valid keys of two owners. The handler of a
 * route with `keyInBody` must also call `assertKeyInBody`.
 */
export const authorization =
  (findPrincipal: FindPrincipal): ((request: FastifyRequest) => void) =>
  (request) => {
    const { headers, route } = request;
    const { keyInQuery = false, needsNoKey } = route.config;
    if (!keyInQuery) assertNoKeyInQuery(request);
    const keys = keysInHeaders(headers);
    if (needsNoKey?.(request) === true) request.principal = Principal.anonymous;
    else if (keyInQuery) {
      const found = findPrincipal([...keys, ...takeKeysInQuery(request)], neededScope(request));
      if (found === Principal.anonymous) throw refusals.missing(request, 'or as `writeKey` in the URL');
      request.principal = permitted(request, found, 'or as `writeKey` in the URL');
      if (!Principal.isPublic(request.principal)) throw keyInUrlProblem();
    } else if (isKeyInBody(request, keys)) {
      request.principal = Principal.anonymous;
      request.byteCounter.expectKeyInBody();
    } else {
      const found = findPrincipal(keys, neededScope(request));
      request.principal = permitted(request, found, 'or as Basic user name');
    }
  };

const isKeyInBody = ({ headers, needsKey, route }: FastifyRequest, keys: readonly string[]): boolean =>
  needsKey && keys.length === 0 && headers.authorization === undefined && route.config.keyInBody === true;

/** Whether the key of a request still allows its route: `ended` if it no longer does, `unknown` while the keys cannot be read. */
export type KeyValidity = 'valid' | 'ended' | 'unknown';

/** Checks the key in the headers again, while a long response is being sent. */
export function recheckKey(request: FastifyRequest, findPrincipal: FindPrincipal): KeyValidity {
  const { headers, principal } = request;
  const found = findPrincipal(keysInHeaders(headers), neededScope(request));
  if (found === 'unavailable') return 'unknown';
  try {
    return permitted(request, found, '').actor === principal.actor ? 'valid' : 'ended';
  } catch (error) {
    if (error instanceof Problem) return 'ended';
    throw error;
  }
}

/**
 * Sets the principal and the project of a request that has its key as `writeKey` in the body. Throws as the check of `authorization` does.
 */
export function assertKeyInBody(request: FastifyRequest, key: unknown, findPrincipal: FindPrincipal): void {
  const found = findPrincipal(typeof key === 'string' ? [key] : [], neededScope(request));
  request.principal = permitted(request, found, 'as Basic user name, or as `writeKey` in the body');
  setProject(request);
  request.byteCounter.markKeyValid();
}

/** Returns the principal if it may use the route. Throws 400, 401, 403 or 503 otherwise. */
function permitted(request: FastifyRequest, found: Identification, lastOption: string): Principal {
  if (typeof found !== 'object') throw refusals[found](request, lastOption);
  if (found === Principal.anonymous && request.needsKey) throw refusals.missing(request, lastOption);
  const { route } = request;
  const scope = isUnknownPath(request) ? 'any' : (scopeOf(route) ?? 'admin');
  if (scope !== 'any' && !Principal.holds(found, scope))
    throw new Problem(403, `This API key does not have the scope ${scope}, which this route needs.`, {
      // RFC 6750, section 3.1.
      headers: {
        'www-authenticate': `Bearer realm="user-activity", error="insufficient_scope", scope="${scope}"`,
      },
    });
  if (route.config.needsOperator === true && !Principal.isOperator(found))
    throw new Problem(403, 'This route needs a root key, or an API key for all projects ("*").');
  if (!Principal.isAllowedFrom(found, request.headers.origin))
    throw new Problem(
      403,
      'This API key is for web pages, and the header Origin does not name one of its origins. Outside web pages, use a key without origins.',
    );
  return found;
}

function neededScope({ route }: FastifyRequest): Scope | undefined {
  const scope = scopeOf(route);
  return scope === 'any' ? undefined : scope;
}

const bearer = 'Bearer realm="user-activity"';
// Each challenge becomes a header of its own: Chromium reads one challenge per header, and shows a login form if that is Basic.
const challenges = ['Basic realm="user-activity", charset="UTF-8"', bearer];

// A script gets no Basic challenge, so that its browser shows no login form. The form would confuse the users of a shop whose key has
// expired, and the dashboard has its own form. Scripts of other origins send `Origin`, and the dashboard sends `X-Requested-With`.
const challengeOf = ({ headers }: FastifyRequest) => {
  const isFromScript = headers.origin !== undefined || headers['x-requested-with'] !== undefined;
  return { headers: { 'www-authenticate': isFromScript ? [bearer] : challenges } };
};

const wrongKey = (detail: string, request: FastifyRequest): Problem =>
  new WrongKeyProblem(401, detail, challengeOf(request));

const keyRequired = (lastOption: string): string =>
  `A valid API key is required: as a Bearer token, in X-Api-Key, ${lastOption}.`;

type Refusal = (request: FastifyRequest, lastOption: string) => Problem;

const refusals: Readonly<Record<Exclude<Identification, Principal>, Refusal>> = {
  missing: (request, lastOption) => new Problem(401, keyRequired(lastOption), challengeOf(request)),
  unknown: (request, lastOption) => wrongKey(keyRequired(lastOption), request),
  expired: (request) => wrongKey('This API key has expired.', request),
  revoked: (request) => wrongKey('This API key was revoked.', request),
  // RFC 6750, section 3.1: a request must not have two tokens.
  several: () => new Problem(400, 'The request has valid API keys of two owners. Send only one key.'),
  unavailable: () =>
    new Problem(503, 'The API keys cannot be read at the moment. Send the request again later.', {
      headers: { 'retry-after': '5' },
    }),
};
