import { inDatabase, readTopic, writeTopic } from '@user-activity/test-kit';
import { kafkaBrokers, mongodbUri } from '@user-activity/test-kit/shared';
import { expect, test } from 'vitest';
import { Deployment, post, stored, until } from '../deployment/deployment.ts';

interface DeadLetter {
  readonly id: string;
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: number };
  readonly code: string;
  readonly reason: string;
  readonly diedAt: string;
  readonly key: { readonly text?: string; readonly base64?: string } | null;
  readonly value: { readonly text?: string; readonly base64?: string } | null;
  readonly size: number;
  readonly headers: Readonly<Record<string, readonly { readonly text?: string }[]>>;
  readonly omitted: readonly string[];
}

/** Starts a deployment, and returns it with the requests of its users. */
async function place() {
  const deployment = new Deployment();
  const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
  const [url] = await Promise.all([api.ready(), consumer.ready()]);
  const list = async (query = ''): Promise<readonly DeadLetter[]> => {
    const response = await fetch(`${url}/api/dead-letters?order=asc&${query}`);
    expect(response.status).toBe(200);
    return ((await response.json()) as { data: DeadLetter[] }).data;
  };
  const replay = async (body: object): Promise<unknown> => {
    const response = await fetch(`${url}/api/dead-letters/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  };
  const settled = async (user = 'marker'): Promise<void> => {
    const response = await post(url, { userId: user, type: 'MARKER' });
    await stored(url, ((await response.json()) as { id: string }).id);
  };
  return { deployment, url, list, replay, settled };
}

test('an unreadable record becomes one dead letter with a reason, however often it is replayed and fails', async () => {
  const { deployment, list, replay } = await place();
  const large = Buffer.alloc(900_000, 0xff);
  await writeTopic(kafkaBrokers(), deployment.topic, [
    { key: 'user-1', value: 'no JSON', headers: { ce_type: 'user-activity.logged.v1', own: ['a', 'b'] } },
    { key: null, value: large, headers: { constructor: 'strange' }, partition: 3 },
    { key: 'user-2', value: null, headers: { ce_type: 'order.placed.v1' } },
  ]);
  await until(async () => (await list()).length === 3);
  const before = await list();
  expect(before.map(({ code }) => code)).toEqual(['unreadable', 'unreadable', 'unreadable']);
  expect(before).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        reason: 'the value is not JSON',
        key: { text: 'user-1' },
        value: { text: 'no JSON' },
        size: 7,
        headers: { ce_type: [{ text: 'user-activity.logged.v1' }], own: [{ text: 'a' }, { text: 'b' }] },
        omitted: [],
      }),
      expect.objectContaining({
        id: `${deployment.topic}:3:0`,
        reason: 'the record has no ce_type header',
        key: null,
        value: null,
        size: 900_000,
        omitted: ['value'],
      }),
      expect.objectContaining({ reason: 'the ce_type is unknown', value: null, size: 0, omitted: [] }),
    ]),
  );
  const withoutTimes = (deadLetters: readonly DeadLetter[]) =>
    deadLetters
      .map(({ diedAt: _again, ...rest }) => rest)
      .toSorted((a, b) => a.origin.partition - b.origin.partition || a.origin.offset - b.origin.offset);
  /** Waits until this many records have failed again. */
  const diedAgain = async (count: number, earlier: readonly DeadLetter[]): Promise<readonly DeadLetter[]> => {
    const times = new Map(earlier.map(({ id, diedAt }) => [id, diedAt]));
    const again = (deadLetters: readonly DeadLetter[]) =>
      deadLetters.filter(({ id, diedAt }) => times.get(id) !== diedAt);
    await until(async () => again(await list()).length === count);
    return list();
  };

  expect(await replay({ ids: [`${deployment.topic}:3:0`] })).toEqual([202, { replayed: 1 }]);
  const once = await diedAgain(1, before);
  expect(withoutTimes(once)).toEqual(withoutTimes(before));
  expect(await replay({ all: true })).toEqual([202, { replayed: 3 }]);
  const twice = await diedAgain(3, once);
  expect(withoutTimes(twice)).toEqual(withoutTimes(before));

  // The service logs the replays too, in `_system`, a moment later.
  const records = (await readTopic(kafkaBrokers(), deployment.topic)).filter(
    ({ headers }) => String(headers?.['ce_project']) !== '_system',
  );
  const replays = records.filter(({ headers }) => headers?.['user-activity-replay-of'] !== undefined);
  expect(records).toHaveLength(7);
  expect(replays.map(({ headers }) => String(headers?.['user-activity-replay-of'])).toSorted()).toEqual(
    [`${deployment.topic}:3:0`, ...before.map(({ id }) => id)].toSorted(),
  );
  expect(replays.filter(({ value }) => value?.equals(large) === true)).toHaveLength(2);
  // The topic of dead letters has a record of every failure.
  expect(await readTopic(kafkaBrokers(), `${deployment.topic}.dead-letters`)).toHaveLength(7);
});

test('a replay stores a conflicting activity if its first copy is gone, and a second replay stores nothing', async () => {
  const { deployment, url, list, replay, settled } = await place();
  const first = { id: 'a', userId: 'user-1', type: 'LOGIN' };
  for (const body of [first, { ...first, type: 'LOGOUT' }]) expect((await post(url, body)).status).toBe(202);
  await until(async () => (await list('code=conflict')).length === 1);
  const [letter] = await list();
  if (letter === undefined) throw new Error('It was listed.');
  expect(await stored(url, 'a')).toMatchObject({ type: 'LOGIN' });

  const inStore = <Result>(work: Parameters<typeof inDatabase<Result>>[2]) =>
    inDatabase(mongodbUri(), deployment.database, work);
  const kept = await inStore(async (db) => {
    await db.collection('activities').deleteMany({ userId: 'user-1' });
    return db.collection('dead_letters').find().toArray();
  });
  expect(await replay({ ids: [letter.id] })).toEqual([202, { replayed: 1 }]);
  expect(await stored(url, 'a')).toMatchObject({ type: 'LOGOUT' });
  expect(await list()).toEqual([]);
  // A repeated request, as after a lost answer, does no harm.
  expect(await replay({ ids: [letter.id] })).toEqual([202, { replayed: 0 }]);

  // As after a crash between publishing and removing: the dead letter is still there.
  await inStore((db) => db.collection('dead_letters').insertMany(kept));
  expect(await list()).toEqual([letter]);
  expect(await replay({ all: true })).toEqual([202, { replayed: 1 }]);
  await settled('user-1');
  expect(await list()).toEqual([]);
  const { data } = (await (await fetch(`${url}/api/logs?userId=user-1&type=LOGIN&type=LOGOUT`)).json()) as {
    data: unknown[];
  };
  expect(data).toMatchObject([{ id: 'a', type: 'LOGOUT' }]);
});
