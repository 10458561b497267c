import { inDatabase, readTopic, type TopicRecord, writeTopic } from '@user-activity/test-kit';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { expect, test } from 'vitest';
import { type Message, messageFaults } from './async-api.ts';
import { Deployment, post, stored, until } from '../deployment/deployment.ts';

const messageOf = ({ key, headers = {}, value }: TopicRecord): Message => ({
  key: key?.toString() ?? null,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name, String([values].flat().at(-1))]),
  ),
  payload: value?.toString() ?? null,
});

/** Checks records against the message with that name. Returns the faults. */
const faults = (name: Parameters<typeof messageFaults>[0], records: readonly TopicRecord[]) =>
  records.flatMap((record) => messageFaults(name, messageOf(record)));

test('every record that the service writes to Kafka matches docs/asyncapi.yaml', async () => {
  const deployment = new Deployment();
  const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
  const [url] = await Promise.all([api.ready(), consumer.ready()]);
  const { topic } = deployment;
  const read = (name: string) => readTopic(kafkaBrokers(), name);
  const validate = (validator: object) =>
    inDatabase(mongodbUri(), deployment.database, (db) => db.command({ collMod: 'activities', validator }));

  const shapes = [
    { id: 'plain', userId: '123', type: 'LOGIN' },
    { userId: ' Zoë 購 😀 ', type: 'été - 購入', metadata: { $set: 1, 'a.b': [null, -1.5e-7], '': {} } },
    { id: '!"$%&/()=', userId: 'x'.repeat(256), type: 'y'.repeat(128), createdAt: '0000-01-01T00:00:00Z' },
    { userId: '5', type: 'x', createdAt: '2026-11-24T08:30:00.123456+14:00' },
  ];
  for (const body of shapes) expect((await post(url, body)).status).toBe(202);
  await stored(url, 'plain');
  // A dead letter of each code.
  expect((await post(url, { ...shapes[0], type: 'LOGOUT' })).status).toBe(202);
  await writeTopic(kafkaBrokers(), topic, [
    { key: 'stranger', value: 'no JSON', headers: { ce_type: 'user-activity.logged.v1' } },
    { key: null, value: Buffer.from([0xff]), headers: { 'user-activity-dead-letter-code': 'mine' } },
  ]);
  await validate({ type: { $ne: 'REFUSED' } });
  expect((await post(url, { id: 'refused', userId: '6', type: 'REFUSED' })).status).toBe(202);
  const shop = { 'x-project': 'shop' };
  const listDeadLetters = async (
    query = '',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<readonly { readonly id: string }[]> => {
    const answer = await fetch(`${url}/api/dead-letters?${query}`, { headers });
    return ((await answer.json()) as { data: { id: string }[] }).data;
  };
  const call = { event: 'x', messageId: 'nobody' };
  const tracked = await fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(call),
  });
  expect(tracked.status).toBe(200);
  await until(async () => (await listDeadLetters()).length === 5);
  // An activity of another project, and its dead letter.
  for (const body of [shapes[0], { ...shapes[0], type: 'LOGOUT' }])
    expect((await post(url, body, shop)).status).toBe(202);
  await until(async () => (await listDeadLetters('', shop)).length === 1);
  // A record that is replayed.
  await validate({});
  const [refused] = await listDeadLetters('code=refused');
  const replayed = await fetch(`${url}/api/dead-letters/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ids: [refused?.id] }),
  });
  expect(await replayed.json()).toEqual({ replayed: 1 });
  await stored(url, 'refused');

  const erased = await fetch(`${url}/api/users/5/logs`, { method: 'DELETE' });
  expect(erased.status).toBe(202);

  const isErasure = (record: TopicRecord): boolean =>
    messageOf(record).headers['ce_type'] === 'user-activity.erasure-requested.v1';
  const isAudit = (record: TopicRecord): boolean => messageOf(record).headers['ce_project'] === '_system';
  // The events of the replay and of the erasure come a moment later.
  await until(async () => (await read(topic)).filter(isAudit).length === 2);
  const all = await read(topic);
  const erasures = all.filter(isErasure);
  expect(erasures).toHaveLength(1);
  expect(faults('erasureRequested', erasures)).toEqual([]);
  expect(faults('activityLogged', erasures)).not.toEqual([]);
  const events = all.filter(isAudit);
  expect(events).toHaveLength(2);
  expect(faults('auditEvent', events)).toEqual([]);
  expect(faults('activityLogged', events)).not.toEqual([]);
  const records = all.filter((record) => !isAudit(record) && !isErasure(record));
  const ours = records.filter(({ headers }) => headers?.['ce_id'] !== undefined);
  expect([records.length, ours.length]).toEqual([11, 9]);
  expect(faults('activityLogged', ours)).toEqual([]);
  expect(faults('auditEvent', ours)).not.toEqual([]);
  expect(ours.filter(({ headers }) => headers?.['user-activity-replay-of'] !== undefined)).toHaveLength(1);
  expect(ours.filter((record) => messageOf(record).headers['ce_project'] === 'shop')).toHaveLength(2);
  // A record that another program wrote has faults, which shows that the check can find some.
  for (const record of records.filter((written) => !ours.includes(written)))
    expect(faults('activityLogged', [record])).not.toEqual([]);

  const deadLetters = await read(`${topic}.dead-letters`);
  expect(
    deadLetters
      .map((record) => String(messageOf(record).headers['user-activity-dead-letter-code']))
      .toSorted(),
  ).toEqual(['conflict', 'conflict', 'invalid', 'refused', 'unreadable', 'unreadable']);
  expect(faults('deadLetter', deadLetters)).toEqual([]);
  const projectHeader = 'user-activity-dead-letter-project';
  expect(deadLetters.flatMap((record) => messageOf(record).headers[projectHeader] ?? [])).toEqual(['shop']);
  expect(faults('deadLetter', ours)).not.toEqual([]);
});

test('every request to erase a user matches docs/asyncapi.yaml', async () => {
  const deployment = new Deployment();
  const url = await deployment.start('api', { ANONYMISATION_KEY: 'x'.repeat(32) }).ready();
  const erase = (user: string, query = '', headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}/api/users/${encodeURIComponent(user)}/logs${query}`, { method: 'DELETE', headers });
  expect((await erase('Zoë/1')).status).toBe(202);
  expect((await erase('x'.repeat(256), '?mode=anonymise', { 'x-project': 'shop' })).status).toBe(202);
  const records = await readTopic(kafkaBrokers(), deployment.topic);
  const requests = records.filter(
    (record) => messageOf(record).headers['ce_type'] === 'user-activity.erasure-requested.v1',
  );
  expect(requests).toHaveLength(2);
  expect(faults('erasureRequested', requests)).toEqual([]);
  for (const request of requests) expect(faults('activityLogged', [request])).not.toEqual([]);
});
