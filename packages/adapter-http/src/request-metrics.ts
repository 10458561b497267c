import { type Attributes, type Histogram, metrics } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';

// As recommended by OpenTelemetry's semantic conventions for HTTP metrics, 1.23 and later; so are all names here.
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const scheme = { 'url.scheme': 'http' };
// Anyone may invent a method: what is told of requests must stay bounded.
const known: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
]);
const nameOf = (method: string): string => (known.has(method) ? method : '_OTHER');

/** Measures the requests of a server. Told apart by method, route and status: never by what a URL or a header says. */
export class RequestMetrics {
  readonly #duration: Histogram;
  readonly #underWay: Map<string, number> = new Map();
  /** Made once for each method, route and status. */
  readonly #attributes: Map<string, Attributes> = new Map();

  constructor() {
    const meter = metrics.getMeter('user-activity');
    this.#duration = meter.createHistogram('http.server.request.duration', {
      unit: 's',
      description: 'Requests, and how long they took from their head to the end of the answer',
      advice: { explicitBucketBoundaries: seconds },
    });
    meter
      .createObservableUpDownCounter('http.server.active_requests', {
        unit: '{request}',
        description: 'Requests that are under way',
      })
      .addCallback((result) => {
        for (const [method, count] of this.#underWay)
          result.observe(count, { 'http.request.method': method, ...scheme });
      });
  }

  /** Measures every request that reaches a hook of this instance. */
  watch(app: FastifyInstance): void {
    app.addHook('onRequest', (request, reply, done) => {
      const began = performance.now();
      this.#count(request.method, 1);
      // Of a caller that goes away before its answer Fastify's onResponse hears nothing.
      reply.raw.once('close', () => {
        this.#count(request.method, -1);
        const status = reply.raw.headersSent ? reply.raw.statusCode : undefined;
        this.answered(request.method, request.routeOptions.url, status, (performance.now() - began) / 1000);
      });
      done();
    });
  }

  /** For a request that no hook sees. */
  answered(method: string, route: string | undefined, status: number | undefined, took: number): void {
    const key = `${method} ${status} ${route}`;
    let attributes = this.#attributes.get(key);
    if (attributes === undefined) {
      attributes = attributesOf(method, route, status);
      // Methods come from callers; they are forgotten rather than kept without end.
      if (known.has(method)) this.#attributes.set(key, attributes);
    }
    this.#duration.record(took, attributes);
  }

  #count(method: string, change: 1 | -1): void {
    const name = nameOf(method);
    this.#underWay.set(name, (this.#underWay.get(name) ?? 0) + change);
  }
}

const attributesOf = (method: string, route: string | undefined, status: number | undefined): Attributes => ({
  'http.request.method': nameOf(method),
  ...(route === undefined ? {} : { 'http.route': route }),
  ...(status === undefined ? {} : { 'http.response.status_code': status }),
  ...scheme,
});
