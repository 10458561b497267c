import type { ApiUseCases, FindUsage, ProgressSource, ReadHistory } from '@user-activity/application';
import type { Clock, Principal, ProjectId, Sender } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { RouteScope } from './authorization.ts';
import type { RequestBytes } from './bytes-in-flight.ts';
import type { Connection } from './connection.ts';
import type { Authenticate, FindPrincipal } from './credentials.ts';
import type { NamedProjects } from './project.ts';
import type { RequestMeasurement } from './request-metrics.ts';
import type { RequestUsage } from './request-usage.ts';
import type { UsageLimiter } from './usage-limiter.ts';
import type { AllowsOrigin } from './web-pages.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether this is a health check: it needs no API key, accepts any host, and works until the process ends. Default: false. */
    readonly isHealthCheck?: boolean;
    /** The scope that the route needs. Every route but health checks names one. */
    readonly scope?: RouteScope;
    /** Whether only operators may use the route: they have a root key, or an API key for all projects. Default: false. */
    readonly needsOperator?: boolean;
    /** Returns whether a request is accepted without an API key. Default: no request is. */
    readonly needsNoKey?: (request: FastifyRequest) => boolean;
    /** Whether the API key may be in the body. The handler must then call `assertKeyInBody`. Default: false. */
    readonly keyInBody?: boolean;
    /**
     * Whether the query may have a public key as `writeKey`, because a beacon cannot send headers. Such a route accepts only public keys.
     * Default: false.
     */
    readonly keyInQuery?: boolean;
    /** Whether web pages of other origins may use the route. `api` sets it for each route. */
    readonly isForPages?: boolean;
    /** Whether responses are compressed if the client accepts that. Default: those to GET below `/api` and `/v1`. */
    readonly isCompressible?: boolean;
    /** The value of the header `Vary`. `api` sets it for each route. */
    readonly vary?: string | undefined;
    /** The media types that the route accepts. Default: `application/json`. */
    readonly mediaTypes?: readonly string[];
    /** Whether the body may be missing. An empty JSON body then becomes an empty object. Default: false. */
    readonly optionalBody?: boolean;
    /** The projects that `X-Project` may name, for routes below `/api` and `/v1`. Default: those to which clients may write. */
    readonly projects?: NamedProjects;
  }
  interface FastifyRequest {
    /** The options of the route. `routeOptions` has the same, but makes a new object at each call. Not set on a health server. */
    route: FastifyRequest['routeOptions'];
    /** The state that all requests of one connection share. */
    connection: Connection;
    /** The origin of the web page that sends the request, if a public key allows it. Undefined for every other request. */
    pageOrigin: string | undefined;
    /** Whether the request is refused without a valid API key. Not set for health checks. */
    needsKey: boolean;
    /**
     * The path and its methods, if the path has routes, but none for the method of the request. No methods if the path has an empty id.
     */
    otherMethods?: { readonly path: string; readonly methods: readonly string[] };
    /** Measures the duration of the request. */
    measurement: RequestMeasurement;
    /** Counts the bytes that the request holds in memory. */
    byteCounter: RequestBytes;
    /** Counts what the request uses of the limits of its key and its project. Undefined if neither has limits. */
    usage?: RequestUsage;
    /** Who sends the request. Not set for health checks. */
    principal: Principal;
    /** The project that the header `X-Project` names. Undefined if the request has no such header. */
    namedProject: ProjectId | undefined;
    /** The project to which the request belongs. */
    project: ProjectId;
    /** Where the activities that the request logs come from. Routes that log pass it to their use case. */
    sender: Sender;
  }
}

/** Returns the metrics of the process in the Prometheus text format, version 0.0.4. */
export type ScrapeMetrics = () => Promise<string>;

/** The functions that read what the process has measured. */
export interface Telemetry {
  readonly scrapeMetrics: ScrapeMetrics;
  readonly readHistory: ReadHistory;
}

export interface ApiSettings extends Telemetry {
  /** The clock for relative times in queries. */
  readonly clock: Clock;
  /** The progress of the consumer, if this process runs a consumer. */
  readonly progress?: ProgressSource | undefined;
  /** The root keys. If there are any, every route except health checks needs a key. */
  readonly apiKeys: readonly string[];
  readonly authenticate: Authenticate;
  readonly allowsOrigin: AllowsOrigin;
  readonly findUsage: FindUsage;
  /** The hosts that the service accepts if it has no API keys, beside loopback names and addresses. */
  readonly allowedHosts: readonly string[];
  /** The hosts or origins that may deliver events as web hooks. `*.example.com` allows all hosts below example.com, `*` all hosts. */
  readonly webhookOrigins: readonly string[];
  /** The maximum number of activities in one batch, and of ids in one replay. */
  readonly maxBatchSize: number;
  /** The maximum size of an activity's metadata, in bytes. */
  readonly maxMetadataBytes: number;
  /** The folder of the built dashboard, which is shown at `/`. Without it, `/` redirects to the documentation. */
  readonly siteFolder?: URL | undefined;
  /** The version that the documentation shows. */
  readonly version: string;
}

/** The use cases and settings that routes can use. */
export interface RouteDeps extends ApiUseCases, ApiSettings {
  readonly isStopping: () => boolean;
  readonly findPrincipal: FindPrincipal;
  readonly usageLimiter: Pick<UsageLimiter, 'beginAfterBody'>;
}

/** Adds a route to a Fastify scope. The type names the use cases and settings that the route needs, as in `Route<'findActivity'>`. */
export type Route<Names extends keyof RouteDeps = never> = (
  app: Parameters<FastifyPluginCallbackTypebox>[0],
  deps: Pick<RouteDeps, Names>,
) => void;

/** Adds a route of the API. */
export type AddRoute = (...args: Parameters<Route<keyof RouteDeps>>) => void | Promise<void>;
