import { expect, test } from 'vitest';
import { HealthClient } from '../src/health/index.ts';
import { ConnectionError } from '../src/index.ts';
import { FakeService, problem } from './fake-service.ts';

const start = (answer: () => Response) => {
  const service = new FakeService(answer);
  return { service, client: new HealthClient({ url: 'http://logs.example', fetch: service.fetch }) };
};

test('ready resolves with the health of a service that answers 503', async () => {
  const health = { status: 'unavailable', checks: { log: 'ok', store: 'unavailable' } };
  const { client, service } = start(() => Response.json(health, { status: 503 }));
  expect(await client.ready()).toEqual(health);
  expect(service.requests.map(({ url }) => url)).toEqual(['http://logs.example/health/ready']);
});

test('ready rejects with ConnectionError if a proxy answers 503', async () => {
  const page = new Response('<h1>503</h1>', { status: 503, headers: { 'content-type': 'text/html' } });
  await expect(start(() => page.clone()).client.ready()).rejects.toThrow(ConnectionError);
});

test('history resolves with the minutes, and rejects if the service refuses', async () => {
  const point = { at: '2026-11-30T20:15:00.000Z', seconds: 60, accepted: 3 };
  const { client, service } = start(() => Response.json({ data: [point] }));
  expect(await client.history()).toEqual({ data: [point] });
  expect(service.requests.map(({ url }) => url)).toEqual(['http://logs.example/api/health/history']);
  service.next.push(problem(403));
  await expect(client.history()).rejects.toMatchObject({ status: 403 });
});
