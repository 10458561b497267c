import type { FastifyContextConfig, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { routeOf } from './request-metrics.ts';

/** Returns whether a valid key allows web pages of this origin. */
export type AllowsOrigin = (origin: string) => boolean;

/** The response headers that pages may read, in addition to those that every page may read. */
const exposedHeaders = [
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
].join(', ');

/**
 * How long browsers may cache the response to a preflight, in seconds: the maximum of Chromium. The key is checked in each request anyway.
 */
const maxAgeSeconds = 7200;

/**
 * Decides which web pages of other origins may send requests to which routes. A page may log activities if a public key names its origin.
 */
export class WebPages {
  readonly #allowsOrigin: AllowsOrigin;
  /** The paths at which public keys can log. */
  readonly #paths: Set<string> = new Set();

  constructor(allowsOrigin: AllowsOrigin) {
    this.#allowsOrigin = allowsOrigin;
  }

  /** Adds a route, and returns whether pages may use it. A public key has only the scope `write`, so pages need no other routes. */
  addRoute({ url, method, config }: RouteOptions): boolean {
    const methods = [method].flat();
    if (methods.includes('POST') && config?.scope === 'write') this.#paths.add(url);
    return methods.some((name) => name === 'POST' || name === 'OPTIONS') && this.#paths.has(url);
  }

  /**
   * Returns the origin of the page that sent a request. Returns undefined if no public key allows the origin, or if the route takes no
   * public keys. For a preflight, the method is the one that it asks for.
   */
  originOf(request: FastifyRequest): string | undefined {
    const { method: sent, headers } = request;
    const { origin, 'access-control-request-method': asked } = headers;
    if (origin === undefined) return undefined;
    const url = routeOf(request);
    const method = sent === 'OPTIONS' ? asked : sent;
    if (method !== 'POST' || url === undefined || !this.#paths.has(url)) return undefined;
    return this.#allowsOrigin(origin) ? origin : undefined;
  }
}

/**
 * Adds the headers with which the page of an allowed origin can read the response (CORS: Fetch standard, section 3.3). If the request is a
 * preflight, sends the response and returns true. Cookies are not allowed.
 */
export function handleCors(request: FastifyRequest, reply: FastifyReply): boolean {
  const { pageOrigin, method, headers } = request;
  if (pageOrigin === undefined) return false;
  reply.header('access-control-allow-origin', pageOrigin);
  reply.header('access-control-expose-headers', exposedHeaders);
  if (method !== 'OPTIONS') return false;
  const askedHeaders = headers['access-control-request-headers'];
  if (askedHeaders !== undefined) reply.header('access-control-allow-headers', askedHeaders);
  void reply
    .code(204)
    .headers({
      'access-control-allow-methods': 'POST',
      'access-control-max-age': String(maxAgeSeconds),
      // Some browsers would wait for a body.
      'content-length': '0',
      vary: 'Origin, Access-Control-Request-Headers',
    })
    .send();
  return true;
}

const projectHeaders = 'Authorization, X-Api-Key, X-Project';

/**
 * Returns the value of `Vary`: the request headers on which the responses of a route depend. A cache in front of the service must not
 * answer with the page of another project, of another key, or of another origin.
 */
export function varyOf({
  isForPages = false,
  isCompressible = false,
  projects = 'none',
}: FastifyContextConfig): string | undefined {
  const names = [
    ...(isForPages ? ['Origin'] : []),
    ...(projects === 'none' ? [] : [projectHeaders]),
    ...(isCompressible ? ['Accept-Encoding'] : []),
  ];
  return names.length === 0 ? undefined : names.join(', ');
}
