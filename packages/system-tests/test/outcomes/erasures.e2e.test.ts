import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  inDatabase,
  readTopic,
  ServiceProcess,
  sumOf,
  temporaryFolder,
  writeTopic,
} from '@user-activity/test-kit';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { describe, expect, test } from 'vitest';
import { backUp, withAdmin } from '../deployment/back-up.ts';
import { Deployment, type OnFinished, scraped, until } from '../deployment/deployment.ts';
import { apiKey, kindsOfService } from '../deployment/kinds-of-service.ts';
import { anonymisationKey, erasedUser, SteadyUser, UserClient, users } from '../deployment/user-client.ts';

const total = 300;
const perUser = total / users.length;
const others = users.filter((user) => user !== erasedUser);

/** Expects that all activities of the other users are stored. */
async function expectOthers(client: UserClient): Promise<void> {
  for (const user of others) expect(await client.idsOf(user)).toHaveLength(perUser);
}

/** Erases the user while activities of this user are logged, and waits until the erasure is done. Expects that the right ones remain. */
async function eraseUnderLoad(client: UserClient, prefix: string): Promise<string> {
  const steady = new SteadyUser(client, prefix);
  await steady.untilAccepted(20);
  const before = new Set(steady.accepted);
  const id = await client.erase(erasedUser);
  // Activities with higher numbers are sent after the answer.
  const { begun } = steady;
  await steady.untilAccepted(begun + 20);
  await steady.stop();
  await client.untilDone(id);
  const later = steady.accepted.slice(begun);
  await until(async () => {
    const found = new Set(await client.idsOf(erasedUser));
    return later.every((each) => found.has(each));
  });
  const remaining = await client.idsOf(erasedUser);
  expect(remaining.filter((each) => !each.startsWith(`${prefix}-`) || before.has(each))).toEqual([]);
  return id;
}

describe.concurrent.each(kindsOfService)('%s', (_, started) => {
  test('erases activities received before the request, while more activities of the user are logged', async ({
    onTestFinished,
  }) => {
    const { url } = await started({ onFinished: onTestFinished });
    const client = new UserClient(url);
    await client.logMany('before', total);
    await client.untilStored(total);
    // Other facts are stored under these ids, so these activities become dead letters.
    await client.log({ id: 'before-0', userId: erasedUser, type: 'OTHER' });
    await client.log({ id: 'before-1', userId: 'user-0', type: 'OTHER' });
    await until(async () => (await client.letters()).length === 2);
    const id = await eraseUnderLoad(client, 'steady');
    expect((await client.statusOf(id)).erased).toBeGreaterThanOrEqual(perUser);
    await expectOthers(client);
    expect(await client.letters()).toMatchObject([{ activityId: 'before-1' }]);
  });

  test('mode=anonymise keeps the counts, and no response names the user', async ({ onTestFinished }) => {
    const { url } = await started({
      environment: { ANONYMISATION_KEY: anonymisationKey },
      onFinished: onTestFinished,
    });
    const client = new UserClient(url);
    await client.logMany('before', total);
    await client.untilStored(total);
    const id = await client.erase(erasedUser, 'anonymise');
    expect(await client.untilDone(id)).toBe(perUser);
    expect(await client.count()).toBe(total);
    const all = await client.list();
    const counts = Map.groupBy(all, ({ userId }) => userId);
    expect([...counts.values()].map(({ length }) => length)).toEqual(users.map(() => perUser));
    const anonymous = all.filter(({ userId }) => !others.includes(userId));
    expect(anonymous).toHaveLength(perUser);
    for (const { userId, metadata } of anonymous)
      expect([userId, metadata]).toEqual([expect.stringMatching(/^anon_[\w-]{43}$/), {}]);
    const paths = [
      '/api/logs?limit=500',
      '/api/logs/feed?limit=500',
      '/api/logs/stats?by=userId',
      '/api/logs/before-0',
      '/api/dead-letters',
      `/api/erasures/${id}`,
    ];
    for (const path of paths) expect(JSON.stringify(await client.get(path))).not.toContain('anna');
    expect(await client.idsOf(erasedUser)).toEqual([]);
  });
});

interface Erasing {
  readonly deployment: Deployment;
  readonly client: UserClient;
  readonly consumer: ServiceProcess;
}

const environment = { API_KEYS: apiKey, ANONYMISATION_KEY: anonymisationKey };

/** An API and a consumer that have stored activities of all users. */
async function filled(onFinished: OnFinished): Promise<Erasing> {
  const deployment = new Deployment({ onFinished });
  const consumer = deployment.start('consumer', environment);
  const [url] = await Promise.all([deployment.start('api', environment).ready(), consumer.ready()]);
  const client = new UserClient(url);
  await client.logMany('before', total);
  await client.untilStored(total);
  return { deployment, client, consumer };
}

/** Makes another consumer read the whole topic again into the same store, and waits until it has. */
async function readAgain({ deployment, consumer }: Erasing): Promise<void> {
  const { database, topic } = deployment;
  expect(await consumer.end('SIGTERM')).toBe(0);
  await inDatabase(mongodbUri(), database, (db) => db.collection('settled').deleteMany({}));
  await withAdmin((admin) => admin.deleteGroups([topic]));
  const records = await readTopic(kafkaBrokers(), topic);
  const ofUser = records.filter(({ key }) => key?.toString() === erasedUser);
  expect(new Set(ofUser.map(({ partition }) => partition)).size).toBe(1);
  const health = await deployment.start('consumer', environment).ready();
  const outcomes = 'user_activity_consumer_outcomes_total';
  await until(async () => sumOf(await scraped(health), outcomes) >= records.length);
  const conflicts = sumOf(await scraped(health), outcomes, { user_activity_outcome: 'conflict' });
  expect(conflicts).toBe(0);
}

test.concurrent.for(['erase', 'anonymise'])(
  'with mode=%s no erased activity comes back when the whole topic is read again',
  async (mode, { onTestFinished }) => {
    const erasing = await filled(onTestFinished);
    const { client, deployment } = erasing;
    const headers = { ce_type: 'user-activity.logged.v1' };
    const unreadable = { key: erasedUser, value: 'no JSON', headers };
    await writeTopic(kafkaBrokers(), deployment.topic, [unreadable]);
    await until(async () => (await client.letters()).length === 1);
    expect(await client.untilDone(await client.erase(erasedUser, mode))).toBe(perUser);
    expect(await client.letters()).toEqual([]);
    await client.log({ id: 'later', userId: erasedUser, type: 'LATER' });
    await until(async () => (await client.idsOf(erasedUser)).length === 1);
    const before = await client.list();
    expect(before).toHaveLength(mode === 'erase' ? total - perUser + 1 : total + 1);
    await readAgain(erasing);
    expect(await client.list()).toEqual(before);
    expect(await client.letters()).toEqual([]);
  },
);

test.concurrent('a user is erased again after the store is restored from a backup made before the erasure', async ({
  onTestFinished,
}) => {
  const { deployment, client, consumer } = await filled(onTestFinished);
  const restore = await backUp(deployment);
  const id = await client.erase(erasedUser);
  await client.untilDone(id);
  expect(await consumer.end('SIGTERM')).toBe(0);
  await restore();
  expect(await client.idsOf(erasedUser)).toHaveLength(perUser);
  await expect(client.statusOf(id)).rejects.toThrow('404');
  await deployment.start('consumer', environment).ready();
  await until(async () => (await client.idsOf(erasedUser)).length === 0);
  await client.untilDone(id);
  expect(await client.idsOf(erasedUser)).toEqual([]);
  await expectOthers(client);
});

test.concurrent('a user is erased again after the embedded file is restored from a backup made before the erasure', async ({
  onTestFinished,
}) => {
  const folder = temporaryFolder('restored-file');
  onTestFinished(() => folder.remove());
  const started = async () => {
    const service = new ServiceProcess({ folder: folder.path, environment: { ...environment, PORT: '0' } });
    onTestFinished(async () => void (await service.end('SIGKILL')));
    const client = new UserClient(await service.ready());
    const stop = async () => expect(await service.end('SIGTERM')).toBe(0);
    return { client, stop };
  };
  const file = join(folder.path, 'user-activity.db');
  const [backup, after] = [`${file}.copy`, { id: 'after', userId: erasedUser, type: 'AFTER' }];

  const first = await started();
  await first.client.logMany('before', total);
  await first.client.untilStored(total);
  await first.stop();
  await copyFile(file, backup);

  const second = await started();
  const id = await second.client.erase(erasedUser);
  expect(await second.client.untilDone(id)).toBe(perUser);
  await second.stop();
  await copyFile(backup, file);

  const { client } = await started();
  await client.log(after);
  expect(await client.untilDone(id)).toBe(perUser);
  await client.untilStored(total - perUser + 1);
  expect(await client.idsOf(erasedUser)).toEqual([after.id]);
  await expectOthers(client);
});

test.concurrent('a consumer that was frozen during an erasure and wakes late stores nothing of the erased user', async ({
  onTestFinished,
}) => {
  const { deployment, client, consumer } = await filled(onTestFinished);
  const health = await consumer.ready();
  // The consumer is frozen while it stores these.
  const early = 3000;
  const logged = client.logMany('early', early);
  await until(async () => (await client.count()) > total);
  consumer.signal('SIGSTOP');
  await logged;
  // The new consumer gets all partitions once the session of the frozen one has expired.
  await deployment.start('consumer', environment).ready();
  await eraseUnderLoad(client, 'steady');
  const ofUser = await client.idsOf(erasedUser);
  const ofOthers = ((total + early) * others.length) / users.length;
  await client.untilStored(ofOthers + ofUser.length);
  consumer.signal('SIGCONT');
  await scraped(health);
  await client.log({ id: 'marker', userId: 'user-0', type: 'MARKER' });
  await client.untilStored(ofOthers + ofUser.length + 1);
  expect(await consumer.end('SIGTERM')).toBe(0);
  expect(await client.count()).toBe(ofOthers + ofUser.length + 1);
  expect(await client.idsOf(erasedUser)).toEqual(ofUser);
  expect(await client.letters()).toEqual([]);
});
