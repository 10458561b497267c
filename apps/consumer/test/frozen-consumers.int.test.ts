import { setTimeout as delay } from 'node:timers/promises';
import {
  KafkaConnection,
  KafkaEventConsumer,
  KafkaEventPublisher,
  KafkaTopic,
} from '@user-activity/adapter-kafka';
import {
  MemoryActivityRepository,
  MemoryDeadLetterQueue,
  MemoryErasureLedger,
  MemoryProjectRepository,
  MemorySettledOffsets,
  MemoryStore,
} from '@user-activity/adapter-memory';
import { activityLogged, type ActivityRepository, LogId } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import {
  makeLogger,
  progressWatchdog,
  restartingConsumer,
  startStoring,
  storingUseCases,
  SystemClock,
  tokens,
  type WatchOptions,
  Wiring,
} from '@user-activity/runner';
import { CuttableSockets, startKafka, plainClient } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { container } from 'tsyringe';
import { expect, test, type TestContext } from 'vitest';

let setUps = 0;
// Long enough for the times of the samples, because the broker deletes older records.
const retentionDays = 36_500;

// The session of a frozen member ends after 6 s. Then a new member joins, before the watchdog would restart it after 15 s.
const defaultWatching: WatchOptions = { intervalMs: 250, limits: { stalled: 8, restart: 60, restarts: 2 } };
const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);

interface Given {
  readonly brokers?: readonly string[];
  /** The sockets of the consumer, but not of the publisher. */
  readonly sockets?: CuttableSockets;
  readonly watching?: WatchOptions;
  readonly repository?: (sound: ActivityRepository) => Partial<ActivityRepository>;
}

/** Starts a consumer of a new topic that stores in memory. A watchdog watches it as in production, but more often. */
async function setUp(
  onFinished: TestContext['onTestFinished'],
  { brokers = kafkaBrokers(), sockets, watching = defaultWatching, repository = () => ({}) }: Given = {},
) {
  setUps += 1;
  const name = `frozen-${process.pid}-${Date.now()}-${setUps}`;
  const connection = new KafkaConnection({ brokers });
  const topic = await KafkaTopic.open(connection, { name, partitions: 4, retentionDays });
  onFinished(() => topic.close());
  const publisher = new KafkaEventPublisher(connection, topic);
  onFinished(() => publisher.close());
  const store = new MemoryStore();
  const heard: string[] = [];
  const own = new KafkaConnection({
    brokers,
    log: (_level, message) => heard.push(message),
    ...(sockets === undefined ? {} : { socketFactory: sockets.factory }),
  });
  const wiring = new Wiring(container.createChildContainer());
  onFinished(() => wiring.close());
  let restarts = 0;
  wiring.provide(tokens.logger, () => makeLogger('silent' as 'fatal'));
  wiring.provide(tokens.clock, () => new SystemClock());
  wiring.provide(tokens.repository, () => {
    const sound = new MemoryActivityRepository(store);
    return {
      save: (...saved) => sound.save(...saved),
      find: (query) => sound.find(query),
      findById: (id) => sound.findById(id),
      ping: () => sound.ping(),
      ...repository(sound),
    };
  });
  const log = LogId.parse(name);
  const settledOffsets = new MemorySettledOffsets(store);
  await settledOffsets.begin(log, [0, 0, 0, 0]);
  wiring.provide(tokens.registeredTopic, () => ({ partitions: 4, log, isFirst: true }));
  wiring.provide(tokens.settledOffsets, () => settledOffsets);
  wiring.provide(tokens.deadLetterQueue, () => new MemoryDeadLetterQueue(store));
  wiring.provide(tokens.projects, () => new MemoryProjectRepository(store));
  wiring.provide(tokens.ledger, () => new MemoryErasureLedger(store));
  wiring.provide(tokens.watchdog, (get) => progressWatchdog(get, watching));
  wiring.provide(tokens.storingUseCases, (get) => storingUseCases(get, { log: [], store: [] }));
  wiring.provide(
    tokens.consumer,
    (get) =>
      restartingConsumer(get, () => {
        restarts += 1;
        return new KafkaEventConsumer(own, topic, name, { sessionTimeoutMs: 6000 });
      }),
    (consumer) => consumer.stop(),
  );
  const publish = async (): Promise<void> => {
    const activities = users.flatMap((userId) => sampleActivities(5, { userId }));
    await publisher.publish(activities.map(activityLogged));
  };
  const stored = (count: number) => until(() => store.activities.size >= count);
  const behind = async (): Promise<number> =>
    (await topic.progressOf(name, 5000)).reduce((sum, { committed, end }) => sum + end - committed, 0);
  const caughtUp = async (): Promise<void> => {
    await until(async () => (await behind()) === 0 && watchdog.state === 'moving');
    expect(store.letters.size).toBe(0);
  };
  const watchdog = wiring.get(tokens.watchdog);
  await startStoring(wiring.get, watching);
  return {
    name,
    store,
    heard,
    publish,
    stored,
    caughtUp,
    consumer: wiring.get(tokens.consumer),
    watchdog,
    members: () => restarts,
  };
}

async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await so())) await delay(50);
}

test.concurrent('if a handler never settles, another member handles its records', async ({
  onTestFinished,
}) => {
  const released = Promise.withResolvers<void>();
  let saves = 0;
  const { publish, stored, caughtUp, members, watchdog } = await setUp(onTestFinished, {
    repository: (sound) => ({
      async save(activities) {
        saves += 1;
        if (saves === 1) await released.promise;
        return sound.save(activities);
      },
    }),
  });
  await publish();
  await until(() => watchdog.state === 'stalled');
  await stored(100);
  await caughtUp();
  expect(members()).toBe(2);
  // The frozen member wakes up late, and must change nothing.
  released.resolve();
  await publish();
  await stored(200);
  await caughtUp();
  expect(members()).toBe(2);
});

test.concurrent('a member whose fetches hang is replaced by a member that receives records', async ({
  onTestFinished,
}) => {
  const sockets = new CuttableSockets();
  const { publish, stored, caughtUp, members } = await setUp(onTestFinished, { sockets });
  await publish();
  await stored(100);
  const { endFault } = sockets.loseAnswers();
  await publish();
  await until(() => members() > 1);
  endFault();
  await stored(200);
  await caughtUp();
  // On a slow machine the hanging member may end by itself just before the watchdog acts. Then both replace a member.
  expect([2, 3]).toContain(members());
});

test.concurrent('the consumer waits for a broker that is down for longer than KafkaJS retries', async ({
  onTestFinished,
}) => {
  const kafka = await startKafka();
  onTestFinished(() => kafka.stop());
  const { publish, stored, caughtUp, heard, members, watchdog } = await setUp(onTestFinished, {
    brokers: kafka.brokers,
  });
  await publish();
  await stored(100);
  kafka.signal(0, 'SIGKILL');
  const crashed = () => heard.filter((message) => message.includes('Restarting the consumer')).length;
  await until(() => crashed() > 1);
  await until(() => watchdog.state === 'waiting');
  await kafka.restart(0);
  await publish();
  await stored(200);
  await caughtUp();
  expect(members()).toBe(1);
});

test.concurrent('members that join and leave repeatedly do not block the group for ever', async ({
  onTestFinished,
}) => {
  const { name, publish, stored, caughtUp, consumer, members } = await setUp(onTestFinished);
  for (let round = 1; round <= 5; round += 1) {
    // A member that gets some partitions, handles no record of them, and leaves.
    const visitor = plainClient(kafkaBrokers()).consumer({ groupId: name, sessionTimeout: 6000 });
    const come = Promise.withResolvers<void>();
    visitor.on(visitor.events.GROUP_JOIN, () => come.resolve());
    await visitor.connect();
    await visitor.subscribe({ topics: [name], fromBeginning: true });
    await visitor.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => undefined });
    await publish();
    await come.promise;
    await visitor.disconnect();
    await stored(100 * round);
  }
  await caughtUp();
  await consumer.ping();
  expect(members()).toBe(1);
});

test.concurrent('a member waits for a store that is down for longer than all limits together', async ({
  onTestFinished,
}) => {
  // When the store is back, the next attempt to save may come only 10 s later.
  const watching: WatchOptions = { intervalMs: 250, limits: { stalled: 48, restart: 60, restarts: 0 } };
  const { publish, stored, caughtUp, members, store, watchdog } = await setUp(onTestFinished, { watching });
  store.reachable = false;
  await publish();
  await until(() => watchdog.state === 'waiting');
  const since = performance.now();
  await until(() => {
    expect(watchdog.state).toBe('waiting');
    return performance.now() - since > watching.intervalMs * watching.limits.restart;
  });
  store.reachable = true;
  await stored(100);
  await caughtUp();
  expect(members()).toBe(1);
});

test.concurrent('transaction markers, which no handler receives, do not count as lag', async ({
  onTestFinished,
}) => {
  const { name, publish, stored, caughtUp, members } = await setUp(onTestFinished);
  await publish();
  await stored(100);
  const producer = plainClient(kafkaBrokers()).producer({
    transactionalId: name,
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  onTestFinished(() => producer.disconnect());
  const transaction = await producer.transaction();
  await transaction.send({ topic: name, messages: users.map((key) => ({ key, value: 'never' })) });
  await transaction.abort();
  await caughtUp();
  expect(members()).toBe(1);
});
