import { buildServer, type HttpServer, reservedIds, type Telemetry } from '@user-activity/adapter-http';
import { FollowedLog, KeyTable, usageFinder, ProjectTable } from '@user-activity/application';
import {
  type ApiSettings,
  apiUseCases,
  AuditRelay,
  feedWatch,
  type Get,
  outcomeWaiter,
  type ProcessSettings,
  publishObserver,
  RandomSecrets,
  token,
  tokens,
  type Wiring,
} from '@user-activity/runner';
import type { OpenEngines } from './open-engines.ts';

/** The settings of a process that serves the API. */
export type ApiConfig = ProcessSettings & ApiSettings;

/** What a process serves in addition to the API: its version, its metrics, and the dashboard. */
export interface ProcessInfo extends Telemetry {
  readonly version: string;
  /** The folder of the built dashboard. Default: none. */
  readonly siteFolder?: URL;
}

/** The token of the HTTP server of a process. The server that it provides does not listen yet. */
export const serverToken = token<Promise<HttpServer>>('server');

const publisherCloseDelayMs = 3000;

/** A clock in milliseconds that never jumps. */
const now = (): number => performance.now();

/** Provides the publisher of the API. The buffer of the publisher has space for at least four batches of the maximum size. */
export function providePublisher(wiring: Wiring, { log }: OpenEngines, config: ApiConfig): void {
  const maxBufferedEvents = Math.max(100_000, 4 * config.MAX_BATCH_SIZE);
  const maxBufferedBytes = Math.max(64 * 1024 * 1024, 4 * config.MAX_BODY_BYTES);
  wiring.provide(
    tokens.publisher,
    () =>
      log.makePublisher({
        publishTimeoutMs: config.PUBLISH_TIMEOUT_MS,
        maxBufferedEvents,
        maxBufferedBytes,
        observer: publishObserver({ events: maxBufferedEvents, bytes: maxBufferedBytes }),
      }),
    (publisher) => publisher.close(),
  );
}

/** Provides the feed of activities, the log that it follows, and the watch by which readers wait for news. */
export function provideFeed(wiring: Wiring, { store, registeredTopic, registerTopic }: OpenEngines): void {
  const { feed } = store;
  const findLog = async () => (await registerTopic()).log;
  wiring.provide(tokens.feed, () => feed);
  wiring.provide(tokens.followedLog, () => new FollowedLog({ feed, findLog }, registeredTopic.log));
  wiring.provide(
    tokens.feedWatch,
    (get) => feedWatch(get),
    async (watch) => watch.close(),
  );
}

/**
 * Provides the use cases of the API and what they need. If the process has a consumer, `consumerGet` returns the parts of the consumer, and the
 * health check includes them.
 */
export function provideApiUseCases(wiring: Wiring, config: ApiConfig, consumerGet?: Get): void {
  const recordingRules = { maxMetadataBytes: config.MAX_METADATA_BYTES, reservedIds };
  wiring.provide(
    tokens.outcomeWaiter,
    (get) => outcomeWaiter(get, { ...config, ...recordingRules }),
    async (waiter) => waiter.close(),
  );
  wiring.provide(tokens.secrets, () => new RandomSecrets());
  wiring.provide(tokens.projectTable, () => new ProjectTable(config.retentionDays, now));
  wiring.provide(
    tokens.keyTable,
    (get) => new KeyTable({ clock: get(tokens.clock), now, graceMs: config.KEY_GRACE_MS }),
  );
  wiring.provide(tokens.apiUseCases, (get) =>
    apiUseCases(
      get,
      { ...config, recordingRules },
      {
        log: [get(tokens.publisher), consumerGet?.(tokens.consumer) ?? []].flat(),
        store: [get(tokens.repository)],
        progress: consumerGet?.(tokens.watchdog),
      },
    ),
  );
  // Provided before the server, so that it is closed after the server has answered the last request.
  wiring.provide(
    tokens.auditRelay,
    (get) => new AuditRelay(get(tokens.apiUseCases), get(tokens.logger)),
    (relay) => relay.close(),
  );
}

/** Provides the HTTP server of the API. If the process has a consumer, `consumerGet` returns the parts of the consumer. */
export const provideApiServer = (
  wiring: Wiring,
  config: ApiConfig,
  info: ProcessInfo,
  consumerGet?: Get,
): void =>
  wiring.provide(
    serverToken,
    (get) =>
      buildServer({
        useCases: get(tokens.apiUseCases),
        clock: get(tokens.clock),
        progress: consumerGet?.(tokens.watchdog),
        apiKeys: config.API_KEYS,
        authenticate: get(tokens.keyTable).authenticate,
        allowsOrigin: get(tokens.keyTable).allowsOrigin,
        findUsage: usageFinder(get(tokens.keyTable), get(tokens.projectTable), now),
        allowedHosts: config.ALLOWED_HOSTS,
        webhookOrigins: config.WEBHOOK_ORIGINS,
        trustedProxies: config.TRUSTED_PROXIES,
        maxBatchSize: config.MAX_BATCH_SIZE,
        maxBodyBytes: config.MAX_BODY_BYTES,
        maxMetadataBytes: config.MAX_METADATA_BYTES,
        maxBytesInFlight: config.MAX_BYTES_IN_FLIGHT,
        maxConnections: config.MAX_CONNECTIONS,
        ...info,
        logger: get(tokens.logger),
      }),
    (serverPromise) => closeApiServer(wiring.get, serverPromise),
  );

/** Finishes the pending requests, then closes the server. The objects that requests use must be closed later. */
async function closeApiServer(get: Get, serverPromise: Promise<HttpServer>): Promise<void> {
  const httpServer = await serverPromise;
  get(tokens.outcomeWaiter).close();
  get(tokens.feedWatch).close();
  // If the log hangs, closing the publisher lets pending requests get a 503 before their connections close.
  const publisher = get(tokens.publisher);
  const publisherTimer = setTimeout(() => void publisher.close(), publisherCloseDelayMs);
  await httpServer.close().finally(() => clearTimeout(publisherTimer));
}

/** Returns a curl command that logs an activity, for people who try the service. It has a placeholder instead of a key. */
export function curlExample(url: string, { API_KEYS }: Pick<ApiConfig, 'API_KEYS'>): string {
  const key = API_KEYS.length > 0 ? " -H 'x-api-key: YOUR-KEY'" : '';
  const body = '{"userId":"123","type":"LOGIN","metadata":{"ip":"127.0.0.1"}}';
  return `try: curl -i ${url}/api/logs${key} -H 'content-type: application/json' -d '${body}'`;
}
