import {
  buildServer,
  type HttpServer,
  reservedIds,
  type ScrapeMetrics,
  serveWhileStarting,
  type StartingServer,
} from '@user-activity/adapter-http';
import type { Progressing } from '@user-activity/application';
import {
  type EngineWait,
  type Get,
  type Logger,
  type Opened,
  startSweeping,
  token,
  tokens,
  type Wiring,
} from '@user-activity/runner';
import type { Config } from './config.ts';

const finishingMs = 3000;

/** What the API is told from outside, whatever it runs on. */
export type ApiConfig = Pick<
  Config,
  | 'HOST'
  | 'PORT'
  | 'API_KEYS'
  | 'ALLOWED_HOSTS'
  | 'WEBHOOK_ORIGINS'
  | 'MAX_BATCH_SIZE'
  | 'MAX_BODY_BYTES'
  | 'MAX_METADATA_BYTES'
  | 'MAX_BYTES_IN_FLIGHT'
  | 'MAX_CONNECTIONS'
>;

/** What the API tells of the process that it is part of. */
export interface About {
  readonly version: string;
  readonly scrapeMetrics: ScrapeMetrics;
}

/** Answers where the API will be, while its process waits for Kafka and MongoDB. */
export async function serveWhileWaiting(
  opened: Opened,
  { HOST: host, PORT: port, MAX_CONNECTIONS: maxConnections }: ApiConfig,
  logger: Logger,
  { checkHealth }: EngineWait,
): Promise<StartingServer> {
  return opened.add(await serveWhileStarting({ checkHealth, host, port, maxConnections, logger }), (one) =>
    one.close(),
  );
}

/** The server of the API. It is built when it is first asked for, and does not listen yet. */
export const apiServer = token<Promise<HttpServer>>('apiServer');

/** Builds the server on the use cases that are wired. */
export const buildApiServer = (
  get: Get,
  config: ApiConfig,
  about: About,
  progress?: Progressing,
): Promise<HttpServer> =>
  buildServer({
    useCases: get(tokens.apiUseCases),
    clock: get(tokens.clock),
    progress,
    apiKeys: config.API_KEYS,
    allowedHosts: config.ALLOWED_HOSTS,
    webhookOrigins: config.WEBHOOK_ORIGINS,
    maxBatchSize: config.MAX_BATCH_SIZE,
    maxBodyBytes: config.MAX_BODY_BYTES,
    maxMetadataBytes: config.MAX_METADATA_BYTES,
    maxBytesInFlight: config.MAX_BYTES_IN_FLIGHT,
    maxConnections: config.MAX_CONNECTIONS,
    ...about,
    logger: get(tokens.logger),
  });

/** Finishes the requests that are under way, then closes. What they need must be closed later. */
export async function closeApiServer(get: Get, building: Promise<HttpServer>): Promise<void> {
  const server = await building;
  get(tokens.outcomes).close();
  // What a log that hangs has not confirmed by then is answered 503 while there is a connection to answer on.
  const publisher = get(tokens.publisher);
  const hurry = setTimeout(() => void publisher.close(), finishingMs);
  await server.close().finally(() => clearTimeout(hurry));
}

/** Makes everything that is wired, and sweeps the dead letters from now on; closes both with the rest. */
export async function openServer(opened: Opened, wiring: Wiring): Promise<HttpServer> {
  opened.add(wiring, (one) => one.close());
  wiring.resolveAll();
  const server = await wiring.get(apiServer);
  opened.add(startSweeping(wiring.get), async (stop) => stop());
  return server;
}

/** A command that logs an activity, for someone who has just started the service. Never with a real key in it. */
export function tryLine(url: string, { API_KEYS }: Pick<Config, 'API_KEYS'>): string {
  const key = API_KEYS.length > 0 ? " -H 'x-api-key: YOUR-KEY'" : '';
  const body = '{"userId":"123","type":"LOGIN","metadata":{"ip":"127.0.0.1"}}';
  return `try: curl -i ${url}/api/logs${key} -H 'content-type: application/json' -d '${body}'`;
}

/** The limits of the use cases, as configured. */
export const apiLimitsOf = <Given extends Pick<ApiConfig, 'MAX_METADATA_BYTES'>>(config: Given) => ({
  ...config,
  recordingRules: { maxMetadataBytes: config.MAX_METADATA_BYTES, reservedIds },
});

/** The most that the publisher keeps: the largest batch that is allowed must fit, several times. */
export const publisherBounds = ({ MAX_BATCH_SIZE, MAX_BODY_BYTES }: ApiConfig) => ({
  events: Math.max(100_000, 4 * MAX_BATCH_SIZE),
  bytes: Math.max(64 * 1024 * 1024, 4 * MAX_BODY_BYTES),
});
