import { type Histogram, metrics } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { onConnectionEnd } from './connection-end.ts';

// In seconds. Bounds and metric names follow OpenTelemetry's semantic conventions for HTTP metrics, 1.23 and later.
const bucketBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const schemeLabel = { 'url.scheme': 'http' };
// Clients may invent methods. All unknown methods share one label value, to limit the number of values.
const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];
const methodLabelOf = (method: string): string => (knownMethods.includes(method) ? method : '_OTHER');

/** Returns the path of the route of a request, also if the route does not have its method. */
export const routeOf = ({ routeOptions, otherMethods }: FastifyRequest): string | undefined =>
  otherMethods?.path ?? (routeOptions.url === '*' ? undefined : routeOptions.url);

/** Measures the requests of a server, by method, route and status. Labels hold no text from URLs or headers. */
export class RequestMetrics {
  readonly #duration: Histogram;
  readonly #activeByMethod: Map<string, number> = new Map();

  constructor() {
    const meter = metrics.getMeter('user-activity');
    this.#duration = meter.createHistogram('http.server.request.duration', {
      unit: 's',
      description:
        'Duration of HTTP requests, from receiving the headers to sending the end of the response, in seconds',
      advice: { explicitBucketBoundaries: bucketBounds },
    });
    meter
      .createObservableUpDownCounter('http.server.active_requests', {
        unit: '{request}',
        description: 'Requests in progress',
      })
      .addCallback((result) => {
        for (const [method, count] of this.#activeByMethod)
          result.observe(count, { 'http.request.method': method, ...schemeLabel });
      });
  }

  /** Measures a request from now until its response is sent, or its connection is closed. */
  begin(request: FastifyRequest, reply: FastifyReply): void {
    const startTime = performance.now();
    const method = methodLabelOf(request.method);
    this.#changeActive(method, 1);
    let hasEnded = false;
    const end = (): void => {
      if (hasEnded) return;
      hasEnded = true;
      stopWatching();
      this.#changeActive(method, -1);
      const status = reply.raw.headersSent ? reply.raw.statusCode : undefined;
      this.#record(method, routeOf(request), status, (performance.now() - startTime) / 1000);
    };
    const stopWatching = onConnectionEnd(request, end);
    // Fastify calls no `onResponse` if the client leaves early. `on` is faster than `once`, and `end` may run twice.
    reply.raw.on('close', end);
  }

  /** Records a request that Fastify refused before it ran any hook. */
  recordRefused(method: string, status: number): void {
    this.#record(methodLabelOf(method), undefined, status, 0);
  }

  #record(method: string, route: string | undefined, status: number | undefined, seconds: number): void {
    this.#duration.record(seconds, {
      'http.request.method': method,
      ...(route === undefined ? {} : { 'http.route': route }),
      ...(status === undefined ? {} : { 'http.response.status_code': status }),
      ...schemeLabel,
    });
  }

  #changeActive(method: string, change: 1 | -1): void {
    this.#activeByMethod.set(method, (this.#activeByMethod.get(method) ?? 0) + change);
  }
}
