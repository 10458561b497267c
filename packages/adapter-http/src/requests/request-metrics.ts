import { type Histogram, metrics } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { onConnectionEnd } from './connection-end.ts';

// Bounds and names follow OpenTelemetry's semantic conventions for HTTP metrics, 1.23 and later.
const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const scheme = { 'url.scheme': 'http' };
// Clients may invent methods. These get one common name, to limit the number of label values.
const knownMethods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];
const nameOf = (method: string): string => (knownMethods.includes(method) ? method : '_OTHER');

/** Measures the requests of a server, by method, route and status. Labels hold no text from URLs or headers. */
export class RequestMetrics {
  readonly #duration: Histogram;
  readonly #active: Map<string, number> = new Map();

  constructor() {
    const meter = metrics.getMeter('user-activity');
    this.#duration = meter.createHistogram('http.server.request.duration', {
      unit: 's',
      description:
        'Duration of HTTP requests, from receiving the headers to sending the end of the response, in seconds',
      advice: { explicitBucketBoundaries: bounds },
    });
    meter
      .createObservableUpDownCounter('http.server.active_requests', {
        unit: '{request}',
        description: 'Requests in progress',
      })
      .addCallback((result) => {
        for (const [method, count] of this.#active)
          result.observe(count, { 'http.request.method': method, ...scheme });
      });
  }

  /** Measures a request from now until its response is sent, or its connection is closed. */
  begin(request: FastifyRequest, reply: FastifyReply): void {
    const began = performance.now();
    const method = nameOf(request.method);
    this.#count(method, 1);
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      stopWatching();
      this.#count(method, -1);
      const status = reply.raw.headersSent ? reply.raw.statusCode : undefined;
      this.#record(method, request.routeOptions.url, status, (performance.now() - began) / 1000);
    };
    const stopWatching = onConnectionEnd(request, end);
    // Fastify calls no `onResponse` if the client leaves early. `on` takes less time than `once`.
    reply.raw.on('close', end);
  }

  /** Records a request that Fastify refused before it ran any hook. */
  refused(method: string, status: number): void {
    this.#record(nameOf(method), undefined, status, 0);
  }

  #record(method: string, route: string | undefined, status: number | undefined, seconds: number): void {
    this.#duration.record(seconds, {
      'http.request.method': method,
      ...(route === undefined ? {} : { 'http.route': route }),
      ...(status === undefined ? {} : { 'http.response.status_code': status }),
      ...scheme,
    });
  }

  #count(method: string, change: 1 | -1): void {
    this.#active.set(method, (this.#active.get(method) ?? 0) + change);
  }
}
