import { readTopic } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { expect, test } from 'vitest';
import { allStored, Deployment, Load, post, stored, until } from '../deployment/deployment.ts';

const example = { userId: '123', type: 'LOGIN', metadata: { ip: '127.0.0.1' } };

test('an activity that the API accepts goes through the topic and a consumer, and the API then returns it', async () => {
  const deployment = new Deployment();
  const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
  const [url, health] = await Promise.all([api.ready(), consumer.ready()]);
  const response = await post(url, example);
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as { id: string };
  expect(await stored(url, id)).toMatchObject({ id, ...example });
  const sound = { log: 'ok', store: 'ok' };
  for (const [each, checks] of [
    [url, sound],
    [health, { ...sound, progress: 'ok' }],
  ] as const) {
    const ready = await fetch(`${each}/health/ready`);
    expect(await ready.json()).toEqual({ status: 'ok', checks });
  }
  const [record] = await readTopic(kafkaBrokers(), deployment.topic);
  const headers = Object.entries(record?.headers ?? {}).map(([name, value]) => [name, String(value)]);
  expect(Object.fromEntries(headers)).toMatchObject({
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: 'user-activity.logged.v1',
    ce_source: '/user-activity',
    ce_subject: '123',
    'content-type': 'application/json',
  });
  expect(String(record?.key)).toBe('123');
  expect(JSON.parse(String(record?.value))).toMatchObject({ id, ...example });
  expect(await api.end('SIGTERM')).toBe(0);
  expect(await consumer.end('SIGTERM')).toBe(0);
});

test('while consumers start, stop and are killed, no activity is lost or stored twice', async () => {
  const deployment = new Deployment();
  const url = await deployment.start('api').ready();
  const first = deployment.start('consumer');
  await first.ready();
  const load = new Load(url);
  const second = deployment.start('consumer');
  const third = deployment.start('consumer');
  await Promise.all([second.ready(), third.ready()]);
  const so = (count: number) => until(async () => load.accepted.length >= count);
  await so(load.accepted.length + 500);
  expect(await first.end('SIGTERM')).toBe(0);
  await so(load.accepted.length + 500);
  await second.end('SIGKILL');
  await so(load.accepted.length + 500);
  await load.stop();
  expect(load.refused).toEqual([]);
  await allStored(url, load);
  expect(third.output).not.toContain('"level":50');
});

test('API and consumer also work in one process, on the same Kafka and MongoDB', async () => {
  const url = await new Deployment().start('standalone').ready();
  const { id } = (await (await post(url, example)).json()) as { id: string };
  expect(await stored(url, id)).toMatchObject({ id, ...example });
});
