import { type Attributes, type Histogram, metrics } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';

// In seconds. Bounds and metric names follow OpenTelemetry's semantic conventions for HTTP metrics, 1.23 and later.
const bucketBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const schemeLabel = { 'url.scheme': 'http' };
// Clients may invent methods. All unknown methods share the last label, to limit the number of labels.
const methodLabels = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  '_OTHER',
] as const;
const lastMethod = methodLabels.length - 1;
const maxStatus = 1000;

/** Returns the index of the label of a method. */
function methodIndexOf(name: string): number {
  const index = methodLabels.findIndex((label) => label === name);
  return index === -1 ? lastMethod : index;
}

/** Returns the path of a request's route, even if the route does not take the method of the request. */
export const routeOf = ({ route, otherMethods }: FastifyRequest): string | undefined =>
  otherMethods?.path ?? route.url;

/** Measures the requests of a server, by method, route and status. Labels hold no text from URLs or headers. */
export class RequestMetrics {
  readonly #duration: Histogram;
  /** The number of requests in progress, by the index of their method. Undefined for a method that no request has had yet. */
  readonly #active: (number | undefined)[] = methodLabels.map(() => undefined);
  /**
   * A cache of labels, by route, then by a number made from method and status. They are frozen, because the meter finds a frozen object
   * faster.
   */
  readonly #labels: Map<string | undefined, Map<number, Attributes>> = new Map();

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
        for (const [method, label] of methodLabels.entries()) {
          const count = this.#active[method];
          if (count !== undefined) result.observe(count, { 'http.request.method': label, ...schemeLabel });
        }
      });
  }

  /** Begins to measure a request. The measurement ends with `end`, or when the connection closes. */
  begin(request: FastifyRequest, reply: FastifyReply): RequestMeasurement {
    const method = methodIndexOf(request.method);
    this.#active[method] = (this.#active[method] ?? 0) + 1;
    return new RequestMeasurement(request, reply, (status, seconds) => {
      this.#active[method] = (this.#active[method] ?? 0) - 1;
      this.#record(method, routeOf(request), status, seconds);
    });
  }

  /** Records a request that Fastify refused before it ran any hook. */
  recordRefused(method: string, status: number): void {
    this.#record(methodIndexOf(method), undefined, status, 0);
  }

  #record(method: number, route: string | undefined, status: number | undefined, seconds: number): void {
    this.#duration.record(seconds, this.#labelsOf(method, route, status));
  }

  #labelsOf(method: number, route: string | undefined, status: number | undefined): Attributes {
    const key = method * maxStatus + (status ?? 0);
    const known = this.#labels.get(route)?.get(key);
    if (known !== undefined) return known;
    const labels = Object.freeze({
      'http.request.method': methodLabels[method],
      ...(route === undefined ? {} : { 'http.route': route }),
      ...(status === undefined ? {} : { 'http.response.status_code': status }),
      ...schemeLabel,
    });
    const ofRoute = this.#labels.get(route) ?? new Map<number, Attributes>();
    this.#labels.set(route, ofRoute.set(key, labels));
    return labels;
  }
}

type OnEnd = (status: number | undefined, seconds: number) => void;

/** The measurement of one request. It ends once. */
export class RequestMeasurement {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  #onEnd: OnEnd | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, onEnd: OnEnd) {
    this.#request = request;
    this.#reply = reply;
    this.#onEnd = onEnd;
    request.connection.add(this);
  }

  /** Ends the measurement, because the response is sent. Fastify has already measured the time. */
  end(): void {
    this.#request.connection.remove(this);
    const { raw, elapsedTime } = this.#reply;
    this.#onEnd?.(raw.headersSent ? raw.statusCode : undefined, elapsedTime / 1000);
    this.#onEnd = undefined;
  }

  endWithConnection(): void {
    this.end();
  }
}
