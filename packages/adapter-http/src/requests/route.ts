import type { ApiUseCases, Progressing } from '@user-activity/application';
import type { Clock } from '@user-activity/domain';
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { RequestBytes } from './bytes-in-flight.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route tells how the process is: it needs no key, takes any host, and is answered until the process ends. */
    readonly health?: boolean;
    /** Whether a request needs no key if there are keys. Default: it needs one. */
    readonly needsNoKey?: (request: FastifyRequest) => boolean;
    /** Whether the key may be in the body; the handler then calls `assertKeyInBody`. Default: false. */
    readonly keyInBody?: boolean;
    /** The media types of bodies that the route takes. Default: `application/json`. */
    readonly mediaTypes?: readonly string[];
    /** Whether a request may come without a body, and an empty JSON body counts as an empty object. Default: false. */
    readonly optionalBody?: boolean;
  }
  interface FastifyRequest {
    /** The bytes that the request holds of the process's maximum. */
    bytes: RequestBytes;
  }
}

/** Returns the measurements of the process in Prometheus's text format, version 0.0.4. */
export type ScrapeMetrics = () => Promise<string>;

/** The settings of the API. */
export interface ApiSettings {
  /** The clock from which relative times of a query count back. */
  readonly clock: Clock;
  readonly scrapeMetrics: ScrapeMetrics;
  /** The progress of the consumer, if the process has one. */
  readonly progress?: Progressing | undefined;
  /** The keys, one of which opens every route but health. Without any, all routes are open. */
  readonly apiKeys: readonly string[];
  /** Without keys: the hosts that requests may be for, beside loopback names and addresses. */
  readonly allowedHosts: readonly string[];
  /** The hosts or origins whose web hooks may deliver events. `*.` before a name covers every name below it, `*` covers all. */
  readonly webhookOrigins: readonly string[];
  /** The maximum of activities in one batch, and of ids in one replay. */
  readonly maxBatchSize: number;
  /** The maximum of bytes of metadata that the use cases record. */
  readonly maxMetadataBytes: number;
  /** The version that the documentation shows. */
  readonly version: string;
}

/** Everything that a route can take: the use cases and the settings, by their names. */
export interface RouteDeps extends ApiUseCases, ApiSettings {
  readonly isStopping: () => boolean;
}

/** Adds a route to a Fastify scope. It names what it takes, such as `Route<'findActivity'>`. */
export type Route<Names extends keyof RouteDeps = never> = (
  app: Parameters<FastifyPluginCallbackTypebox>[0],
  deps: Pick<RouteDeps, Names>,
) => void;
