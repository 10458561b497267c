import 'reflect-metadata';
import {
  KafkaConnection,
  KafkaDeadLetterQueue,
  KafkaEventPublisher,
  KafkaTopic,
} from '@user-activity/adapter-kafka';
import {
  MongoActivityRepository,
  MongoDeadLetterQueue,
  MongoDeadLetterRepository,
  MongoStore,
  MongoTopicRegistry,
} from '@user-activity/adapter-mongodb';
import { PrometheusMetrics } from '@user-activity/adapter-prometheus';
import {
  type Answering,
  inEachQueue,
  makeAssertSamePartitions,
  type Progressing,
} from '@user-activity/application';
import {
  EngineWait,
  type Logger,
  measureProcess,
  opening,
  type Opened,
  publishObserver,
  type RunningApp,
  token,
  tokens,
  wireApi,
  wireProcess,
  Wiring,
} from '@user-activity/runner';
import { container } from 'tsyringe';
import type { Config } from './config.ts';
import {
  type About,
  openApiServer,
  publisherBounds,
  recordingRulesOf,
  serveWhileWaiting,
  tryLine,
} from './serve-api.ts';

/** What is open before anything is wired. */
export interface ApiEngines {
  readonly connection: KafkaConnection;
  readonly topic: KafkaTopic;
  readonly store: MongoStore;
}

/** The storing side of a process that has one too: it is asked how it is. */
export interface StoringSide {
  readonly consumer: Answering;
  readonly progress: Progressing;
}

/** The wiring of the API on Kafka and MongoDB. */
export function wire(
  config: Config,
  logger: Logger,
  { connection, topic, store }: ApiEngines,
  storing?: StoringSide,
): Wiring {
  const wiring = new Wiring(container.createChildContainer());
  const most = publisherBounds(config);
  wireProcess(wiring, logger, (get) => ({
    log: storing === undefined ? [get(tokens.publisher)] : [get(tokens.publisher), storing.consumer],
    store: [get(tokens.repository)],
    progress: storing?.progress,
  }));
  wiring.provide(
    tokens.publisher,
    () =>
      new KafkaEventPublisher(connection, topic, {
        publishTimeoutMs: config.PUBLISH_TIMEOUT_MS,
        bufferedEvents: most.events,
        bufferedBytes: most.bytes,
        observer: publishObserver(most),
      }),
    (publisher) => publisher.close(),
  );
  wiring.provide(tokens.repository, () => new MongoActivityRepository(store));
  wiring.provide(tokens.letters, () => new MongoDeadLetterRepository(store));
  wiring.provide(
    topicOfDeadLetters,
    () => new KafkaDeadLetterQueue(connection, topic),
    (queue) => queue.close(),
  );
  // As the consumer keeps them.
  wiring.provide(tokens.deadLetters, (get) =>
    inEachQueue(get(topicOfDeadLetters), new MongoDeadLetterQueue(store)),
  );
  wireApi(wiring, { ...config, recordingRules: recordingRulesOf(config) });
  return wiring;
}

const topicOfDeadLetters = token<KafkaDeadLetterQueue>('topicOfDeadLetters');

/** Opens Kafka and MongoDB, once they are reached, and a server on them; the server does not listen yet. */
export async function openApi(
  opened: Opened,
  config: Config,
  logger: Logger,
  about: About,
  engines: EngineWait,
  storing?: StoringSide,
) {
  const { kafka, topic: plan, mongodb } = config.engines;
  const connection = new KafkaConnection({
    ...kafka,
    log: (level, message, details) => logger[level](details, message),
  });
  const warn = (message: string): void => logger.warn(message);
  const mongo = { ...mongodb, timeoutMs: config.QUERY_TIMEOUT_MS };
  const [topic, store] = await Promise.all([
    engines.reach('log', async () =>
      opened.add(await KafkaTopic.open(connection, plan, warn), (one) => one.close()),
    ),
    engines.reach('store', async () => opened.add(await MongoStore.open(mongo), (one) => one.close())),
  ]);
  const assertSamePartitions = makeAssertSamePartitions({ topics: new MongoTopicRegistry(store) });
  await engines.reach('store', () => assertSamePartitions(topic));
  const wiring = opened.add(wire(config, logger, { connection, topic, store }, storing), (one) =>
    one.close(),
  );
  wiring.resolveAll();
  return openApiServer(wiring.get, config, about, opened, storing?.progress);
}

/** Starts the API. What fails on the way leaves nothing open. */
export const start = (
  config: Config,
  logger: Logger,
  version: string,
  signal: AbortSignal,
): Promise<RunningApp> =>
  opening(async (opened) => {
    const scrapeMetrics = measureProcess(opened, PrometheusMetrics.start());
    const engines = new EngineWait(config.engines.startTimeoutMs, logger, signal);
    const early = await serveWhileWaiting(opened, config, logger, engines);
    const server = await openApi(opened, config, logger, { version, scrapeMetrics }, engines);
    const url = await early.handOver(server);
    return { url, docs: '/docs', hint: tryLine(url, config), stop: () => opened.close() };
  });
