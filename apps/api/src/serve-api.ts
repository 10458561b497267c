import {
  buildServer,
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
  tokens,
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

/** A server of the wired use cases; nothing listens yet. */
export async function openApiServer(
  get: Get,
  config: ApiConfig,
  about: About,
  opened: Opened,
  progress?: Progressing,
) {
  const server = await buildServer({
    logActivity: get(tokens.logActivity),
    logAndWait: get(tokens.logAndWait),
    logActivities: get(tokens.logActivities),
    logCalls: get(tokens.logCalls),
    findActivities: get(tokens.findActivities),
    countActivities: get(tokens.countActivities),
    activityStats: get(tokens.activityStats),
    findActivity: get(tokens.findActivity),
    findStatus: get(tokens.findStatus),
    findDeadLetters: get(tokens.findDeadLetters),
    replayDeadLetters: get(tokens.replayDeadLetters),
    checkHealth: get(tokens.checkHealth),
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
  opened.add(startSweeping(get), async (stop) => stop());
  // Requests are finished first: they still need what is closed after them.
  return opened.add(server, async (one) => {
    get(tokens.outcomes).close();
    // What a log that hangs has not confirmed by then is answered 503 while there is a connection to answer on.
    const publisher = get(tokens.publisher);
    const hurry = setTimeout(() => void publisher.close(), finishingMs);
    await one.close().finally(() => clearTimeout(hurry));
  });
}

/** A command that logs an activity, for someone who has just started the service. Never with a real key in it. */
export function tryLine(url: string, { API_KEYS }: Pick<Config, 'API_KEYS'>): string {
  const key = API_KEYS.length > 0 ? " -H 'x-api-key: YOUR-KEY'" : '';
  const body = '{"userId":"123","type":"LOGIN","metadata":{"ip":"127.0.0.1"}}';
  return `try: curl -i ${url}/api/logs${key} -H 'content-type: application/json' -d '${body}'`;
}

/** The rules for what comes in by the API. */
export const recordingRulesOf = ({ MAX_METADATA_BYTES }: Pick<ApiConfig, 'MAX_METADATA_BYTES'>) => ({
  maxMetadataBytes: MAX_METADATA_BYTES,
  reservedIds,
});

/** The most that the publisher keeps: the largest batch that is allowed must fit, several times. */
export const publisherBounds = ({ MAX_BATCH_SIZE, MAX_BODY_BYTES }: ApiConfig) => ({
  events: Math.max(100_000, 4 * MAX_BATCH_SIZE),
  bytes: Math.max(64 * 1024 * 1024, 4 * MAX_BODY_BYTES),
});
