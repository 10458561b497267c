import { inDatabase, readTopic, sumOf, writeTopic } from '@user-activity/test-kit';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { describe, expect, test } from 'vitest';
import { backUp, withAdmin } from '../deployment/back-up.ts';
import { Deployment, type OnFinished, scraped, until } from '../deployment/deployment.ts';

/** Logs activities of 20 users with the ids `<prefix>-0` to `<prefix>-<total - 1>`. */
async function logMany(url: string, prefix: string, total: number): Promise<void> {
  const drafts = Array.from({ length: total }, (_, index) => ({
    id: `${prefix}-${index}`,
    userId: `user-${index % 20}`,
    type: 'VIEW',
  }));
  const response = await fetch(`${url}/api/logs/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(drafts),
  });
  expect(response.status).toBe(202);
}

async function stored(url: string): Promise<number> {
  const response = await fetch(`${url}/api/logs/count`);
  return ((await response.json()) as { count: number }).count;
}

/** Waits until exactly this number of activities is stored. */
const untilStored = (url: string, total: number): Promise<void> =>
  until(async () => (await stored(url)) === total);

describe.concurrent('a store that is restored from a backup catches up without manual commands', () => {
  /** Stores 200 activities, copies the database, and stores 1,000 more. */
  async function setUp(onFinished: OnFinished) {
    const deployment = new Deployment({ onFinished });
    const url = await deployment.start('api').ready();
    const consumer = deployment.start('consumer');
    await consumer.ready();
    await logMany(url, 'before', 200);
    await untilStored(url, 200);
    const restore = await backUp(deployment);
    await logMany(url, 'after', 1000);
    await untilStored(url, 1200);
    return { deployment, url, consumer, restore };
  }

  const message = 'the store is behind the committed offset of the consumer group';

  test('after a restart of the consumer: none of 1,000 later activities is missing', async ({
    onTestFinished,
  }) => {
    const { deployment, url, consumer, restore } = await setUp(onTestFinished);
    expect(await consumer.end('SIGTERM')).toBe(0);
    await restore();
    const next = deployment.start('consumer');
    await next.ready();
    await untilStored(url, 1200);
    expect(next.output).toContain(message);
  });

  test('while the consumer runs: none of 1,000 later activities is missing', async ({ onTestFinished }) => {
    const { url, consumer, restore } = await setUp(onTestFinished);
    await restore();
    await untilStored(url, 1200);
    expect(consumer.output).toContain(message);
  });

  test('also if the backup is of an older version, and the group has committed later offsets', async ({
    onTestFinished,
  }) => {
    const { deployment, url, consumer } = await setUp(onTestFinished);
    expect(await consumer.end('SIGTERM')).toBe(0);
    await inDatabase(mongodbUri(), deployment.database, async (db) => {
      await db.collection<{ _id: string }>('activities').deleteMany({ _id: /^after-/u });
      await db.collection('activities').updateMany({}, { $unset: { origin: true } });
      await db.collection('settled').deleteMany({});
    });
    const next = deployment.start('consumer');
    await next.ready();
    await untilStored(url, 1200);
    expect(await next.end('SIGTERM')).toBe(0);
  });

  test('also if the database was emptied: it is filled from the beginning of the topic', async ({
    onTestFinished,
  }) => {
    const deployment = new Deployment({ onFinished: onTestFinished });
    const url = await deployment.start('api').ready();
    const first = deployment.start('consumer');
    await first.ready();
    await logMany(url, 'one', 300);
    await untilStored(url, 300);
    expect(await first.end('SIGTERM')).toBe(0);
    await inDatabase(mongodbUri(), deployment.database, async (db) => {
      for (const name of ['activities', 'topics', 'settled']) await db.collection(name).deleteMany({});
    });
    const second = deployment.start('consumer');
    await second.ready();
    await untilStored(url, 300);
    expect(await second.end('SIGTERM')).toBe(0);
  });
});

describe.concurrent('a topic that does not reach back to the settled offsets', () => {
  /** A deployment whose topic has lost records of each partition before a consumer stored them. */
  async function withGap(onFinished: OnFinished): Promise<{ deployment: Deployment; url: string }> {
    const deployment = new Deployment({ onFinished });
    const url = await deployment.start('api').ready();
    const consumer = deployment.start('consumer');
    await consumer.ready();
    await logMany(url, 'first', 100);
    await untilStored(url, 100);
    expect(await consumer.end('SIGTERM')).toBe(0);
    await logMany(url, 'lost', 100);
    await withAdmin(async (admin) => {
      const partitions = await admin.fetchTopicOffsets(deployment.topic);
      await admin.deleteTopicRecords({
        topic: deployment.topic,
        partitions: partitions.map(({ partition, high }) => ({ partition, offset: high })),
      });
    });
    await logMany(url, 'last', 100);
    return { deployment, url };
  }

  test('ends the consumer at its start with the number of missing offsets; ACCEPT_GAP lets it continue once', async ({
    onTestFinished,
  }) => {
    const { deployment, url } = await withGap(onTestFinished);
    const refused = deployment.start('consumer');
    expect(await refused.exited).toBe(1);
    expect(refused.output).toMatch(/100 offsets are missing: .* of partition \d.*ACCEPT_GAP=true/);
    const accepting = deployment.start('consumer', { ACCEPT_GAP: 'true' });
    await accepting.ready();
    await untilStored(url, 200);
    expect(await accepting.end('SIGTERM')).toBe(0);
    await deployment.start('consumer').ready();
  });
});

test.concurrent('an upgraded consumer starts and reads nothing twice, even if the topic has lost its first records', async ({
  onTestFinished,
}) => {
  const deployment = new Deployment({ onFinished: onTestFinished });
  const url = await deployment.start('api').ready();
  const older = deployment.start('consumer');
  await older.ready();
  await logMany(url, 'stored', 100);
  await untilStored(url, 100);
  expect(await older.end('SIGTERM')).toBe(0);
  // The state that the previous version left: activities without origins, commits without marks, no settled offsets and no log id.
  await inDatabase(mongodbUri(), deployment.database, async (db) => {
    await db.collection('activities').updateMany({}, { $unset: { origin: '' } });
    await db.collection('topics').updateMany({}, { $unset: { log: '', topicId: '' } });
    await db.collection('settled').deleteMany({});
  });
  await withAdmin(async (admin) => {
    const { topic } = deployment;
    const partitions = await admin.fetchTopicOffsets(topic);
    const ends = partitions.map(({ partition, high }) => ({ partition, offset: high }));
    await admin.setOffsets({ groupId: topic, topic, partitions: ends });
    await admin.deleteTopicRecords({
      topic,
      partitions: partitions.map(({ partition, high }) => ({
        partition,
        offset: String(Math.floor(Number(high) / 2)),
      })),
    });
  });
  await logMany(url, 'fresh', 100);
  const newer = deployment.start('consumer');
  const health = await newer.ready();
  await untilStored(url, 200);
  // The metric counts a batch a moment after its activities can be read.
  const handled = async () => sumOf(await scraped(health), 'user_activity_consumer_outcomes_total');
  await until(async () => (await handled()) >= 100);
  expect(await handled()).toBe(100);
});

interface DeadLetter {
  readonly id: string;
  readonly value: { readonly text?: string };
  readonly diedAt: string;
}

/** Waits for this number of dead letters that died after a time, and returns them by id. */
async function deadLetters(url: string, count: number, after = ''): Promise<readonly DeadLetter[]> {
  let found: readonly DeadLetter[] = [];
  await until(async () => {
    const response = await fetch(`${url}/api/dead-letters`);
    const { data } = (await response.json()) as { data: readonly DeadLetter[] };
    found = data.filter(({ diedAt }) => diedAt > after);
    return found.length === count;
  });
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

test.concurrent('a topic that was made again is another log: its dead letters do not replace those of the old topic', async ({
  onTestFinished,
}) => {
  const deployment = new Deployment({ onFinished: onTestFinished });
  const { topic } = deployment;
  const poison = (value: string): Promise<void> =>
    writeTopic(kafkaBrokers(), topic, [{ partition: 3, value }]);
  const services = [deployment.start('api'), deployment.start('consumer')];
  const [url = ''] = await Promise.all(services.map((service) => service.ready()));
  await poison('old');
  await deadLetters(url, 1);
  await logMany(url, 'old', 100);
  await untilStored(url, 100);
  for (const service of services) expect(await service.end('SIGTERM')).toBe(0);
  await withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
  const again = deployment.start('standalone', { KAFKA_PARTITIONS: '4' });
  const newUrl = await again.ready();
  await poison('new');
  const before = await deadLetters(newUrl, 2);
  await logMany(newUrl, 'new', 50);
  await untilStored(newUrl, 150);
  const logs = await inDatabase(mongodbUri(), deployment.database, (db) =>
    db.collection('activities').distinct('origin.log'),
  );
  expect(logs).toHaveLength(2);

  const expected = [
    [`${topic}:3:0`, 'old'],
    [expect.stringMatching(`^${topic}@[\\w-]+:3:0$`) as string, 'new'],
  ];
  const seen = (letters: readonly DeadLetter[]) => letters.map(({ id, value }) => [id, value.text]);
  expect(seen(before)).toEqual(expected);
  const response = await fetch(`${newUrl}/api/dead-letters/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ids: before.map(({ id }) => id) }),
  });
  expect([response.status, await response.json()]).toEqual([202, { replayed: 2 }]);
  const latest = before.map(({ diedAt }) => diedAt).toSorted();
  // Both records fail again, and become the same dead letters.
  const after = await deadLetters(newUrl, 2, latest.at(-1));
  expect(seen(after)).toEqual(seen(before));
  const history = await readTopic(kafkaBrokers(), `${topic}.dead-letters`);
  const historyLogs = history.map(({ headers }) => headers?.['user-activity-dead-letter-log']);
  expect(historyLogs.filter((log) => log === undefined)).toHaveLength(2);
  expect(historyLogs.filter((log) => log !== undefined && logs.includes(String(log)))).toHaveLength(2);
});

test.concurrent('if two stores use one topic, each with its own group, both get all activities', async ({
  onTestFinished,
}) => {
  const deployment = new Deployment({ onFinished: onTestFinished });
  const url = await deployment.start('api').ready();
  await deployment.start('consumer').ready();
  const database = `${deployment.database}_second`;
  const second = { MONGODB_DATABASE: database, KAFKA_GROUP_ID: `${deployment.topic}-second` };
  const secondUrl = await deployment.start('standalone', second).ready();
  await logMany(url, 'one', 200);
  await untilStored(url, 200);
  await untilStored(secondUrl, 200);
  const logs = await Promise.all(
    [deployment.database, database].map((name) =>
      inDatabase(mongodbUri(), name, (db) => db.collection('activities').distinct('origin.log')),
    ),
  );
  expect(new Set(logs.flat()).size).toBe(2);
});
