import { readTopic, sumOf } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { expect, test } from 'vitest';
import { Deployment, scraped, until } from '../deployment/deployment.ts';

const example = { userId: '123', type: 'LOGIN' };

/** Logs an activity and waits for its outcome. Resolves with the status and the body of the answer. */
async function logged(url: string, body: object): Promise<readonly [number, unknown]> {
  const response = await fetch(`${url}/api/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify(body),
  });
  return [response.status, await response.json()];
}

const asked = async (url: string, path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();

test('a client that waits for the outcome of its activity gets it from the API', async () => {
  const deployment = new Deployment();
  const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
  const [url] = await Promise.all([api.ready(), consumer.ready()]);
  expect(await logged(url, { ...example, id: 'a' })).toEqual([201, { id: 'a', status: 'stored' }]);
  expect(await logged(url, { ...example, id: 'a' })).toEqual([200, { id: 'a', status: 'duplicate' }]);
  expect(await logged(url, { ...example, id: 'a', type: 'LOGOUT' })).toEqual([
    409,
    { id: 'a', status: 'conflict' },
  ]);
  expect(await asked(url, '/api/logs/a/status')).toEqual({ id: 'a', status: 'stored' });
  expect(await asked(url, '/api/logs/b/status')).toEqual({ id: 'b', status: 'unknown' });
  const both = await Promise.all([1, 2].map(async () => logged(url, { ...example, id: 'race' })));
  const outcomes = both.map(([status]) => status);
  expect([
    [200, 201],
    [201, 201],
  ]).toContainEqual(outcomes.toSorted((left, right) => left - right));
});

test('a call that breaks a rule becomes a dead letter in the store and on the topic, and no replay removes it', async () => {
  const deployment = new Deployment();
  const api = deployment.start('api');
  const url = await api.ready();
  const batch = Array.from({ length: 300 }, (_, index) => ({
    type: 'track',
    messageId: `m-${index}`,
    event: 'by nobody',
    properties: { fill: 'x'.repeat(17_000) },
  }));
  const send = async (): Promise<number> => {
    const response = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    return ((await response.json()) as { rejected: unknown[] }).rejected.length;
  };
  expect(await send()).toBe(300);
  // The letters are on several pages, because a page ends before its JSON is too large.
  const ids = async (): Promise<string[]> => {
    const found: string[] = [];
    for (let cursor = ''; ; ) {
      const { data, pagination } = (await asked(
        url,
        `/api/dead-letters?code=invalid&limit=500${cursor}`,
      )) as { data: { activityId: string }[]; pagination: { nextCursor: string | null } };
      found.push(...data.map(({ activityId }) => activityId));
      if (pagination.nextCursor === null) return found.toSorted();
      cursor = `&cursor=${pagination.nextCursor}`;
    }
  };
  const all = batch.map(({ messageId }) => messageId).toSorted();
  expect(await ids()).toEqual(all);
  expect(await asked(url, '/api/logs/m-7/status')).toEqual({ id: 'm-7', status: 'dead_lettered' });
  const records = await readTopic(kafkaBrokers(), `${deployment.topic}.dead-letters`);
  const named = records.map(({ headers }) => String(headers?.['user-activity-dead-letter-activity-id']));
  expect(named.toSorted()).toEqual(all);

  const replay = await fetch(`${url}/api/dead-letters/replay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"all":true}',
  });
  expect(await replay.json()).toEqual({ replayed: 0 });
  expect(await send()).toBe(300);
  expect(await ids()).toEqual(all);
});

test('when the API is stopped, it answers waiting clients with 202 at once', async () => {
  const deployment = new Deployment();
  const api = deployment.start('api');
  const url = await api.ready();
  // No consumer runs, so the activities are not stored.
  const answers = Array.from({ length: 20 }, async (_, index) =>
    logged(url, { ...example, id: `w-${index}` }),
  );
  await until(async () => sumOf(await scraped(url), 'user_activity_waiting_requests') === 20);
  expect(await api.end('SIGTERM')).toBe(0);
  expect(await Promise.all(answers)).toEqual(
    answers.map((_, index) => [202, { id: `w-${index}`, status: 'accepted' }]),
  );
  expect(api.output).toContain('"stopped"');
  expect(api.output).not.toContain('shutdown timed out');
});
