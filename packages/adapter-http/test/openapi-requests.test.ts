import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { documentOf, operationsOf } from './openapi-document.ts';
import { post, service } from './service.ts';

const operations = operationsOf(await documentOf());

/** Each request that "Execute" on the page at /docs sends by default: an example of the body, with the examples of the headers. */
const requests = operations.flatMap(({ name, requestBody, parameters = [] }) => {
  const [method = '', url = ''] = name.split(' ');
  const headers = Object.fromEntries(
    parameters.flatMap(({ in: place, name: header, example }) =>
      place === 'header' && header.startsWith('ce-') ? [[header, example]] : [],
    ),
  );
  return Object.entries(requestBody?.content ?? {}).map(([type, { example }]) => ({
    method: method.toUpperCase(),
    url,
    type,
    headers: { ...headers, 'content-type': type === '*/*' ? 'application/octet-stream' : type },
    payload: typeof example === 'string' ? example : JSON.stringify(example),
  }));
});

test('the document has examples of every kind of request', () => {
  expect(requests.map(({ method, url, type }) => `${method} ${url} ${type}`)).toEqual([
    'POST /api/logs application/json',
    'POST /api/logs/batch application/json',
    'POST /api/logs/batch application/x-ndjson',
    'POST /api/events application/cloudevents+json',
    'POST /api/events application/cloudevents-batch+json',
    'POST /api/events application/json',
    'POST /api/events */*',
    ...['track', 'identify', 'page', 'screen', 'group', 'alias', 'batch'].map(
      (call) => `POST /v1/${call} application/json`,
    ),
    'POST /api/dead-letters/replay application/json',
    'PUT /api/projects/{id} application/json',
    'POST /api/keys application/json',
    'POST /api/keys/{id}/rotate application/json',
  ]);
});

const statuses: Readonly<Record<string, number>> = {
  'PUT /api/projects/{id}': 200,
  'POST /api/keys': 201,
  'POST /api/keys/{id}/rotate': 200,
};

/** Makes a key and returns its id. */
async function keyId(app: FastifyInstance): Promise<string> {
  const made = await post(app, '/api/keys', { name: 'made before', scopes: ['read'] });
  return made.json<{ id: string }>().id;
}

test.each(requests)('the example of $method $url as $type is accepted', async (request) => {
  const { app, clock } = await service();
  // A time after those of the examples.
  clock.set('2026-11-25T00:00:00Z');
  const { method, url, headers, payload } = request;
  if (method !== 'POST' && method !== 'PUT') throw new Error(`a body of ${method}`);
  const path = url.replace('{id}', url.startsWith('/api/keys') ? await keyId(app) : 'shop');
  const response = await app.inject({ method, url: path, headers, payload });
  const { success, rejected = [], errors = [] } = response.json<Readonly<Record<string, unknown>>>();
  const isCall = url.startsWith('/v1/');
  expect([response.statusCode, success, rejected, errors]).toEqual([
    statuses[`${method} ${url}`] ?? (isCall ? 200 : 202),
    isCall ? true : undefined,
    [],
    [],
  ]);
  // No call became a dead letter either.
  expect((await app.inject('/api/dead-letters')).json()).toMatchObject({ data: [] });
});
