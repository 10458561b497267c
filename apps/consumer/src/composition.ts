import 'reflect-metadata';
import { buildHealthServer } from '@user-activity/adapter-http';
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
import {
  groupObserver,
  isLoopback,
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

/** Joins the group and begins to store. */
export async function openConsumer(
  opened: Opened,
  config: Pick<Config, 'engines'>,
  logger: Logger,
  watching: Watching = patient,
): Promise<Wiring> {
  const { kafka, topic: plan, mongodb } = config.engines;
  const connection = new KafkaConnection({
    ...kafka,
    log: (level, message, details) => logger[level](details, message),
  });
  const topic = opened.add(
    await KafkaTopic.open(connection, plan, (message) => logger.warn(message)),
    (one) => one.close(),
  );
  const store = opened.add(await MongoStore.open(mongodb), (one) => one.close());
  await makeAssertSamePartitions({ topics: new MongoTopicRegistry(store) })(topic);
  const wiring = opened.add(wire(config, logger, { connection, topic, store }, watching), (one) =>
    one.close(),
  );
  wiring.resolveAll();
  await startStoring(wiring.get, watching);
  return wiring;
}

/** Starts a consumer and the server that tells how it is. What fails on the way leaves nothing open. */
export const start = (config: Config, logger: Logger): Promise<RunningApp> =>
  opening(async (opened) => {
    const scrapeMetrics = measureProcess(opened, PrometheusMetrics.start());
    const { get } = await openConsumer(opened, config, logger);
    const server = opened.add(
      await buildHealthServer({
        checkHealth: get(tokens.checkHealth),
        progress: get(tokens.watchdog),
        scrapeMetrics,
        // Beyond loopback the port is for scrapers, by whatever name or address they know it; it tells numbers alone.
        allowedHosts: isLoopback(config.HOST) ? config.ALLOWED_HOSTS : undefined,
        maxConnections: config.MAX_CONNECTIONS,
        logger,
      }),
      (one) => one.close(),
    );
    const url = await server.listen({ host: config.HOST, port: config.PORT });
    return { url, failed: get(tokens.consumer).ended, stop: () => opened.close() };
  });
