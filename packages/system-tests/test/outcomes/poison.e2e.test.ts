import { codecs, makeTopic, writeTopic } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { expect, test } from 'vitest';
import { Deployment, post, stored, until } from '../deployment/deployment.ts';

interface DeadLetter {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
  readonly diedAt: string;
  readonly size: number;
  readonly omitted: readonly string[];
  readonly headers: Readonly<Record<string, readonly { readonly text?: string }[]>>;
}

const activity = (id: string): string =>
  JSON.stringify({
    id,
    userId: 'stranger',
    type: 'LOGIN',
    metadata: {},
    createdAt: '2026-01-02T03:04:05Z',
    receivedAt: '2026-01-02T03:04:05Z',
  });

test('unreadable records of any shape block no partition and no process, and become complete dead letters', async () => {
  const deployment = new Deployment();
  const { topic } = deployment;
  // Others may create the topic so that the broker keeps the compression of the producers.
  await makeTopic(kafkaBrokers(), topic, { partitions: 6, settings: { 'compression.type': 'producer' } });
  const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
  const [url] = await Promise.all([api.ready(), consumer.ready()]);
  const listIn = async (project: string): Promise<readonly DeadLetter[]> => {
    const headers = { 'x-project': project };
    const response = await fetch(`${url}/api/dead-letters?order=asc`, { headers });
    return ((await response.json()) as { data: DeadLetter[] }).data;
  };
  const byId = (of: readonly DeadLetter[]) => of.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const list = async (): Promise<readonly DeadLetter[]> =>
    byId([...(await listIn('default')), ...(await listIn('_system'))]);

  const partition = 3;
  const type = { ce_type: 'user-activity.logged.v1' };
  const named = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`h${index}`, 'v']));
  const poison = [
    { key: 'k', value: '20,000 names', headers: named, partition },
    { value: 'one name', headers: { h: Array.from({ length: 30_000 }, () => 'v') }, partition },
    { value: 'too many', headers: { h: Array.from({ length: 60_000 }, () => 'v') }, partition },
    { value: 'large', headers: { h: 'v'.repeat(900_000) }, partition },
  ];
  await writeTopic(kafkaBrokers(), topic, poison);
  await writeTopic(kafkaBrokers(), topic, [{ value: Buffer.alloc(80_000_000), partition }], 'gzip');
  for (const codec of codecs)
    await writeTopic(
      kafkaBrokers(),
      topic,
      [{ key: 'stranger', value: activity(codec), headers: type, partition }],
      codec,
    );
  for (const codec of codecs) await stored(url, codec);

  const deadLetters = await list();
  expect(deadLetters).toEqual([
    expect.objectContaining({ id: `${topic}:3:0`, reason: 'the record has no ce_type header', size: 12 }),
    expect.objectContaining({ id: `${topic}:3:1`, reason: 'the record has no ce_type header', size: 8 }),
    expect.objectContaining({
      id: `${topic}:3:2`,
      reason: 'it has 60000 headers; the limit is 32768',
      size: 8,
    }),
    expect.objectContaining({ id: `${topic}:3:3`, omitted: ['headers'], size: 5 }),
    expect.objectContaining({
      id: `${topic}:3:4`,
      reason: "the batch at offsets 4 to 4 can't be read: the batch decompresses to more than 67108864 bytes",
      omitted: ['value'],
      headers: { 'user-activity-unreadable-batch': [{ text: '4-4' }] },
    }),
  ]);
  // Records whose headers or bytes can't be read name no project.
  const idsOf = (of: readonly DeadLetter[]) => of.map(({ id }) => id);
  expect(idsOf(await listIn('_system'))).toEqual([`${topic}:3:2`, `${topic}:3:4`]);
  expect((await post(url, { id: 'behind', userId: 'u', type: 'LOGIN' })).status).toBe(202);
  await stored(url, 'behind');

  for (const [project, replayed] of [
    ['default', 3],
    ['_system', 2],
  ] as const) {
    const replay = await fetch(`${url}/api/dead-letters/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-project': project },
      body: JSON.stringify({ ids: idsOf(deadLetters) }),
    });
    expect([replay.status, await replay.json()]).toEqual([202, { replayed }]);
  }
  const times = new Map(deadLetters.map(({ id, diedAt }) => [id, diedAt]));
  let again: readonly DeadLetter[] = [];
  await until(async () => {
    again = await list();
    return again.length === 5 && again.every(({ id, diedAt }) => diedAt !== times.get(id));
  });
  const sizes = (of: readonly DeadLetter[]) => of.map(({ id, size, omitted }) => ({ id, size, omitted }));
  expect(sizes(again)).toEqual(sizes(deadLetters));
});
