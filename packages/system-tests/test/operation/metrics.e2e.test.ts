import { readFileSync } from 'node:fs';
import { sumOf } from '@user-activity/test-kit';
import { expect, test } from 'vitest';
import { Deployment, post, scraped, until } from '../deployment/deployment.ts';

test('API and consumer count the activities by outcome', async () => {
  const deployment = new Deployment();
  const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
  const [url, health] = await Promise.all([api.ready(), consumer.ready()]);
  for (const id of ['a', 'b', 'c']) await post(url, { id, userId: id, type: 'VIEW' });
  await post(url, { id: 'a', userId: 'a', type: 'VIEW' });
  await post(url, { id: 'b', userId: 'b', type: 'OTHER' });
  await post(url, { userId: '' });
  const outcomes = 'user_activity_consumer_outcomes_total';
  await until(async () => sumOf(await scraped(health), outcomes) === 5);

  const consumed = await scraped(health);
  for (const [outcome, count] of Object.entries({ stored: 3, duplicate: 1, conflict: 1, redelivered: 0 }))
    expect([outcome, sumOf(consumed, outcomes, { user_activity_outcome: outcome })]).toEqual([
      outcome,
      count,
    ]);
  expect(sumOf(consumed, 'user_activity_consumer_batch_records_sum')).toBe(5);
  expect(sumOf(consumed, 'user_activity_accepted_to_stored_duration_count')).toBe(3);
  expect(sumOf(consumed, 'user_activity_dead_letters_total')).toBe(1);
  expect(sumOf(consumed, 'user_activity_consumer_joined')).toBe(1);
  expect(sumOf(consumed, 'user_activity_consumer_partitions')).toBe(6);
  // Values that come from Kafka are at most a few seconds old.
  await until(async () => {
    const { samples } = await scraped(health);
    const lags = samples.filter(({ name }) => name === 'user_activity_consumer_lag');
    return lags.length === 6 && lags.every(({ value }) => value === 0);
  });

  // The API has no member of the group, and measures all of it.
  await until(async () => sumOf(await scraped(url), 'user_activity_group_handled') === 5);
  expect(sumOf(await scraped(url), 'user_activity_group_lag')).toBe(0);
  const historyOf = async (address: string): Promise<unknown> =>
    (await fetch(`${address}/api/health/history`)).json();
  expect(await historyOf(url)).toMatchObject({ data: [{ accepted: 5, handled: 5, lag: 0 }] });
  expect(await historyOf(health)).toMatchObject({
    data: [{ stored: 3, deadLettered: 1, lag: 0, storedAfterMs: { p50: expect.any(Number) as number } }],
  });

  const taken = await scraped(url);
  expect(sumOf(taken, 'user_activity_activities_accepted_total')).toBe(5);
  expect(sumOf(taken, 'user_activity_publish_flush_events_sum')).toBe(5);
  expect(sumOf(taken, 'user_activity_publish_duration_count')).toBe(5);
  expect(sumOf(taken, 'user_activity_publish_buffer_events')).toBe(0);
  const requests = 'http_server_request_duration_count';
  for (const [status, count] of [
    ['202', 5],
    ['422', 1],
  ] as const) {
    const labels = { http_route: '/api/logs', http_response_status_code: status };
    expect([status, sumOf(taken, requests, labels)]).toEqual([status, count]);
  }
});

interface Row {
  readonly type: string;
  readonly unit: string;
  readonly labels: readonly string[];
}

/** Returns the rows of the documented tables by metric. */
function documented(): ReadonlyMap<string, Row> {
  const page = new URL('../../../../docs/metrics.md', import.meta.url);
  const rows = readFileSync(page, 'utf8').matchAll(
    /^\| `(?<name>\w+)` +\| (?<type>\w+) +\| `(?<unit>[^`]+)` +\| (?<labels>[^|]*)\|/gm,
  );
  return new Map(
    [...rows].map(({ groups: { name = '', type = '', unit = '', labels = '' } = {} }) => [
      name,
      { type, unit, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => String(label)) },
    ]),
  );
}

test('the documentation has every metric with its type, unit and labels, and no other', async () => {
  const deployment = new Deployment();
  const processes = [
    deployment.start('api', { API_KEYS: 'key' }),
    deployment.start('consumer'),
    deployment.start('standalone'),
  ];
  const authorization = 'Bearer key';
  const urls = await Promise.all(processes.map((service) => service.ready()));
  const rows = documented();
  const [api = ''] = urls;
  const headers = { authorization, 'content-type': 'application/json' };
  const body = JSON.stringify({ userId: 'a', type: 'VIEW' });
  await fetch(`${api}/api/logs`, { method: 'POST', headers, body });
  const seen = new Map<string, Row>();
  const look = async (): Promise<void> => {
    for (const url of urls) {
      const { samples, types, units } = await scraped(url, { authorization });
      for (const [name, type] of types) {
        const own = samples.filter((sample) => sample.name.replace(/_(?:bucket|sum|count)$/, '') === name);
        const labels = own.flatMap((sample) => Object.keys(sample.labels)).filter((label) => label !== 'le');
        expect([name, rows.get(name)?.labels ?? []]).toEqual([name, expect.arrayContaining(labels)]);
        seen.set(name, { type, unit: units.get(name) ?? '', labels: rows.get(name)?.labels ?? [] });
      }
    }
  };
  // Some metrics exist only after an event: a stored batch, or a garbage collection.
  await until(async () => {
    await look();
    return [...rows.keys()].every((name) => seen.has(name));
  });
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(rows));
});
