import 'reflect-metadata';
import { buildHealthServer, serveWhileStarting } from '@user-activity/adapter-http';
import {
  KafkaConnection,
  KafkaDeadLetterQueue,
  KafkaEventConsumer,
  KafkaTopic,
} from '@user-activity/adapter-kafka';
import {
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoStore,
  MongoTopicRegistry,
} from '@user-activity/adapter-mongodb';
import { PrometheusMetrics } from '@user-activity/adapter-prometheus';
import { inEachQueue, makeAssertSamePartitions } from '@user-activity/application';
import { isLoopback } from '@user-activity/domain';
import {
  EngineWait,
  groupObserver,
  type Logger,
  measureProcess,
  opening,
  type Opened,
  patient,
  type RunningApp,
  startStoring,
  token,
  tokens,
  type Watching,
  wireProcess,
  wireStoring,
  Wiring,
} from '@user-activity/runner';
import { container } from 'tsyringe';
import type { Config } from './config.ts';

/** What is open before anything is wired. */
export interface ConsumerEngines {
  readonly connection: KafkaConnection;
  readonly topic: KafkaTopic;
  readonly store: MongoStore;
}

/** The wiring of a member of the consumer group. */
export function wire(
  config: Pick<Config, 'engines'>,
  logger: Logger,
  { connection, topic, store }: ConsumerEngines,
  watching: Watching = patient,
): Wiring {
  const wiring = new Wiring(container.createChildContainer());
  wireProcess(wiring, logger, (get) => ({
    log: [get(tokens.consumer)],
    store: [get(tokens.repository)],
    progress: get(tokens.watchdog),
  }));
  wiring.provide(tokens.repository, () => new MongoActivityRepository(store));
  wiring.provide(
    topicOfDeadLetters,
    () => new KafkaDeadLetterQueue(connection, topic),
    (queue) => queue.close(),
  );
  // On the topic for whoever wants to read them there, and in the store to be listed.
  wiring.provide(tokens.deadLetters, (get) =>
    inEachQueue(get(topicOfDeadLetters), new MongoDeadLetterQueue(store)),
  );
  const observer = groupObserver();
  wireStoring(
    wiring,
    () => new KafkaEventConsumer(connection, topic, config.engines.group, { observer }),
    watching,
  );
  return wiring;
}

const topicOfDeadLetters = token<KafkaDeadLetterQueue>('topicOfDeadLetters');

/** Joins the group and begins to store, once Kafka and MongoDB are reached. */
export async function openConsumer(
  opened: Opened,
  config: Pick<Config, 'engines'>,
  logger: Logger,
  engines: EngineWait,
): Promise<Wiring> {
  const { kafka, topic: plan, mongodb } = config.engines;
  const connection = new KafkaConnection({
    ...kafka,
    log: (level, message, details) => logger[level](details, message),
  });
  const warn = (message: string): void => logger.warn(message);
  const [topic, store] = await Promise.all([
    engines.reach('log', async () =>
      opened.add(await KafkaTopic.open(connection, plan, warn), (one) => one.close()),
    ),
    engines.reach('store', async () => opened.add(await MongoStore.open(mongodb), (one) => one.close())),
  ]);
  const assertSamePartitions = makeAssertSamePartitions({ topics: new MongoTopicRegistry(store) });
  await engines.reach('store', () => assertSamePartitions(topic));
  const wiring = opened.add(wire(config, logger, { connection, topic, store }), (one) => one.close());
  wiring.resolveAll();
  await engines.reach('log', () => startStoring(wiring.get));
  return wiring;
}

/** Starts a consumer and the server that tells how it is. What fails on the way leaves nothing open. */
export const start = (config: Config, logger: Logger, signal: AbortSignal): Promise<RunningApp> =>
  opening(async (opened) => {
    const scrapeMetrics = measureProcess(opened, PrometheusMetrics.start());
    const { HOST: host, PORT: port, MAX_CONNECTIONS: maxConnections } = config;
    const engines = new EngineWait(config.engines.startTimeoutMs, logger, signal);
    const early = opened.add(
      await serveWhileStarting({ checkHealth: engines.checkHealth, host, port, maxConnections, logger }),
      (one) => one.close(),
    );
    const { get } = await openConsumer(opened, config, logger, engines);
    const server = opened.add(
      await buildHealthServer({
        checkHealth: get(tokens.checkHealth),
        progress: get(tokens.watchdog),
        scrapeMetrics,
        // Beyond loopback the port is for scrapers, by whatever name or address they know it; it tells numbers alone.
        allowedHosts: isLoopback(config.HOST) ? config.ALLOWED_HOSTS : undefined,
        maxConnections,
        logger,
      }),
      (one) => one.close(),
    );
    const url = await early.handOver(server);
    return { url, failed: get(tokens.consumer).ended, stop: () => opened.close() };
  });
