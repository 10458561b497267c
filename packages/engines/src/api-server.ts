import { buildServer, type HttpServer, reservedIds, type ScrapeMetrics } from '@user-activity/adapter-http';
import {
  type ApiSettings,
  apiUseCases,
  type Get,
  outcomeWaiter,
  type ProcessSettings,
  publishObserver,
  token,
  tokens,
  type Wiring,
} from '@user-activity/runner';
import type { OpenEngines } from './open-engines.ts';

/** The settings of a process that serves the API. */
export type ApiConfig = ProcessSettings & ApiSettings;

/** The version and the metrics that a process serves. */
export interface ProcessInfo {
  readonly version: string;
  readonly scrapeMetrics: ScrapeMetrics;
}

/** The token of the server of a process, which does not listen yet. */
export const server = token<Promise<HttpServer>>('server');

const finishingMs = 3000;

/** Provides the publisher of the API. Its buffer has space for at least four of the largest batches. */
export function providePublisher(wiring: Wiring, { log }: OpenEngines, config: ApiConfig): void {
  const bufferedEvents = Math.max(100_000, 4 * config.MAX_BATCH_SIZE);
  const bufferedBytes = Math.max(64 * 1024 * 1024, 4 * config.MAX_BODY_BYTES);
  wiring.provide(
    tokens.publisher,
    () =>
      log.publisher({
        publishTimeoutMs: config.PUBLISH_TIMEOUT_MS,
        bufferedEvents,
        bufferedBytes,
        observer: publishObserver({ events: bufferedEvents, bytes: bufferedBytes }),
      }),
    (publisher) => publisher.close(),
  );
}

/** Provides the use cases of the API. If the process also stores, `storing` gives its parts, and health includes them. */
export function provideApiUseCases(wiring: Wiring, config: ApiConfig, storing?: Get): void {
  const recordingRules = { maxMetadataBytes: config.MAX_METADATA_BYTES, reservedIds };
  wiring.provide(
    tokens.outcomeWaiter,
    (get) => outcomeWaiter(get, recordingRules),
    async (waiter) => waiter.close(),
  );
  wiring.provide(tokens.apiUseCases, (get) =>
    apiUseCases(
      get,
      { ...config, recordingRules },
      {
        log: [get(tokens.publisher), storing?.(tokens.consumer) ?? []].flat(),
        store: [get(tokens.repository)],
        progress: storing?.(tokens.watchdog),
      },
    ),
  );
}

export const provideApiServer = (wiring: Wiring, config: ApiConfig, info: ProcessInfo, storing?: Get): void =>
  wiring.provide(
    server,
    (get) =>
      buildServer({
        useCases: get(tokens.apiUseCases),
        clock: get(tokens.clock),
        progress: storing?.(tokens.watchdog),
        apiKeys: config.API_KEYS,
        allowedHosts: config.ALLOWED_HOSTS,
        webhookOrigins: config.WEBHOOK_ORIGINS,
        maxBatchSize: config.MAX_BATCH_SIZE,
        maxBodyBytes: config.MAX_BODY_BYTES,
        maxMetadataBytes: config.MAX_METADATA_BYTES,
        maxBytesInFlight: config.MAX_BYTES_IN_FLIGHT,
        maxConnections: config.MAX_CONNECTIONS,
        ...info,
        logger: get(tokens.logger),
      }),
    (building) => closeApiServer(wiring.get, building),
  );

/** Finishes the pending requests, then closes the server. The parts that these requests use must be closed after it. */
async function closeApiServer(get: Get, building: Promise<HttpServer>): Promise<void> {
  const opened = await building;
  get(tokens.outcomeWaiter).close();
  // If the log hangs, closing the publisher lets pending requests get a 503 before their connections close.
  const publisher = get(tokens.publisher);
  const closingPublisher = setTimeout(() => void publisher.close(), finishingMs);
  await opened.close().finally(() => clearTimeout(closingPublisher));
}

/** Returns a curl command that logs an activity, for people who try the service. It has a placeholder instead of a key. */
export function tryLine(url: string, { API_KEYS }: Pick<ApiConfig, 'API_KEYS'>): string {
  const key = API_KEYS.length > 0 ? " -H 'x-api-key: YOUR-KEY'" : '';
  const body = '{"userId":"123","type":"LOGIN","metadata":{"ip":"127.0.0.1"}}';
  return `try: curl -i ${url}/api/logs${key} -H 'content-type: application/json' -d '${body}'`;
}
