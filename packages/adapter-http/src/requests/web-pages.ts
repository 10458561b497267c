import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { routeOf } from './request-metrics.ts';

/** Returns whether a valid key allows web pages of this origin. */
export type AllowsOrigin = (origin: string) => boolean;

/** The headers of responses that pages may read, beside those that every page may read. */
const exposedHeaders = [
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];

/** How long browsers may keep the answer to a preflight, in seconds: the maximum of Chromium. The key is checked in each request anyway. */
const maxAgeSeconds = 7200;

/** Web pages of other origins that may log activities, because a public key names their origin. */
export class WebPages {
  readonly #allowsOrigin: AllowsOrigin;
  /** The paths at which public keys can log. */
  readonly #paths: Set<string> = new Set();

  constructor(allowsOrigin: AllowsOrigin) {
    this.#allowsOrigin = allowsOrigin;
  }

  /** Call this for each new route. A public key has the scope `write` alone, so pages need no other routes, and `@fastify/cors` ignores these. */
  addRoute(route: RouteOptions): void {
    const { url, config = {} } = route;
    const methods = [route.method].flat();
    if (methods.includes('POST') && config.scope === 'write') this.#paths.add(url);
    const isForPages = methods.some((method) => method === 'POST' || method === 'OPTIONS');
    if (!isForPages || !this.#paths.has(url)) route.config = { ...config, cors: false };
  }

  /**
   * Returns the origin of the page that sends a request, or undefined if no public key allows it, or the route takes no public keys. A
   * preflight belongs to the route for which it asks.
   */
  originOf(request: FastifyRequest): string | undefined {
    const { method: sent, headers } = request;
    const url = routeOf(request);
    const { origin, 'access-control-request-method': asked } = headers;
    const method = sent === 'OPTIONS' ? asked : sent;
    if (origin === undefined || method !== 'POST' || url === undefined || !this.#paths.has(url))
      return undefined;
    return this.#allowsOrigin(origin) ? origin : undefined;
  }

  /** Answers preflights, and lets these pages read the responses (Fetch standard, section 3.3). Browsers send no credentials of their own. */
  async allowReading(app: FastifyInstance): Promise<void> {
    await app.register(cors, {
      delegator: (request, callback) => callback(null, corsOptionsOf(request.pageOrigin)),
    });
  }
}

const corsOptionsOf = (origin: string | undefined): FastifyCorsOptions =>
  origin === undefined
    ? { origin: false }
    : { origin, methods: ['POST'], exposedHeaders, maxAge: maxAgeSeconds };
