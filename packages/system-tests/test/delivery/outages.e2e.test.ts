import { readTopic, startKafka, startMongod, startReplicaSet, sumOf } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { test } from 'vitest';
import { allStored, Deployment, Load, post, scraped, stored, until } from '../deployment/deployment.ts';

const readiness = async (url: string): Promise<unknown> => (await fetch(`${url}/health/ready`)).json();

test.concurrent('a mongod that hangs delays only the consumer, and afterwards every activity is stored', async ({
  expect,
  onTestFinished,
}) => {
  const mongod = await startMongod();
  onTestFinished(() => mongod.stop());
  const deployment = new Deployment({ uri: mongod.uri, onFinished: onTestFinished });
  const api = deployment.start('api');
  const consumer = deployment.start('consumer');
  const [url, health] = await Promise.all([api.ready(), consumer.ready()]);
  // The load lasts for the whole outage. Without pauses it would take all of the processor.
  const load = new Load(url, { pauseMs: 20 });
  await until(async () => load.accepted.length > 500);
  mongod.signal('SIGSTOP');
  await until(async () => consumer.output.includes('the store is not responding'));
  expect(await readiness(health)).toEqual({
    status: 'unavailable',
    checks: { log: 'ok', store: 'unavailable', progress: 'unavailable' },
  });
  const failures = sumOf(await scraped(health), 'user_activity_outage_failures_total');
  expect(failures).toBeGreaterThan(0);
  // The API accepts activities for longer than a session of the group lasts.
  const since = performance.now();
  await until(async () => performance.now() - since > 15_000);
  mongod.signal('SIGCONT');
  await until(async () => consumer.output.includes('the store is responding again'));
  await load.stop();
  expect(load.refused).toEqual([]);
  await allStored(url, load);
  expect(await readTopic(kafkaBrokers(), `${deployment.topic}.dead-letters`)).toEqual([]);
  // The member never left its group: it joined once.
  expect(consumer.output.match(/has joined the group/g)).toHaveLength(1);
});

test.concurrent('while the broker is down the API answers 503 with Retry-After, and it works again afterwards', async ({
  expect,
  onTestFinished,
}) => {
  const kafka = await startKafka();
  onTestFinished(() => kafka.stop());
  const deployment = new Deployment({ brokers: kafka.brokers, onFinished: onTestFinished });
  const api = deployment.start('api', { PUBLISH_TIMEOUT_MS: '2000' });
  const consumer = deployment.start('consumer');
  const [url, health] = await Promise.all([api.ready(), consumer.ready()]);
  const load = new Load(url);
  await until(async () => load.accepted.length > 500);
  await load.stop();
  const failed = { error_type: 'LOG_UNAVAILABLE' };
  const failures = async () => sumOf(await scraped(url), 'user_activity_publish_duration_count', failed);
  const failuresBefore = await failures();
  kafka.signal(0, 'SIGKILL');
  const response = await post(url, { id: 'during', userId: '1', type: 'VIEW' });
  expect(response.status).toBe(503);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({ ids: ['during'] });
  for (const each of [url, health])
    expect(await readiness(each)).toMatchObject({ checks: { log: 'unavailable', store: 'ok' } });
  expect(await failures()).toBe(failuresBefore + 1);
  expect(sumOf(await scraped(url), 'user_activity_publish_flush_failures_total')).toBeGreaterThan(0);
  // The lag is left out rather than outdated. All other metrics are reported.
  await until(async () => {
    const { samples, types } = await scraped(health);
    expect(types.has('user_activity_consumer_outcomes_total')).toBe(true);
    return samples.every(({ name }) => name !== 'user_activity_consumer_lag');
  });
  await kafka.restart(0);
  await until(async () => (await post(url, { id: 'during', userId: '1', type: 'VIEW' })).status === 202);
  load.accepted.push('during');
  await allStored(url, load);
  expect(await api.end('SIGTERM')).toBe(0);
  expect(await consumer.end('SIGTERM')).toBe(0);
});

test.concurrent('if reads prefer a lagging secondary, a retry does not delay later activities', async ({
  expect,
  onTestFinished,
}) => {
  const set = await startReplicaSet(3);
  onTestFinished(() => set.stop());
  const lagging = ((await set.primary()) + 1) % 3;
  const uri = `${set.uri}&readPreference=secondaryPreferred&readPreferenceTags=member:${lagging}`;
  const service = new Deployment({ uri, onFinished: onTestFinished }).start('standalone', {
    KAFKA_PARTITIONS: '1',
  });
  const url = await service.ready();
  const unhold = await set.hold(lagging);
  const wait = { prefer: 'wait=30' };
  for (const [id, status] of [
    ['pay-1', 201],
    // A plain retry of the client: the same activity with the same id.
    ['pay-1', 200],
    ['next-1', 201],
  ] as const) {
    const body = { id, userId: 'u', type: 'PAID', createdAt: '2026-01-02T03:04:05Z' };
    expect((await post(url, body, wait)).status).toBe(status);
    expect(await stored(url, id)).toMatchObject({ id });
  }
  expect(service.output).not.toContain('the store is not responding');
  await unhold();
  expect(await service.end('SIGTERM')).toBe(0);
});
