import fastify, { type HTTPMethods } from 'fastify';
import { api } from '../src/api.ts';
import { routerOptions } from '../src/requests/router-options.ts';
import { BytesInFlight } from '../src/requests/bytes-in-flight.ts';
import { projectsOf } from '../src/requests/project.ts';
import { RequestMetrics } from '../src/requests/request-metrics.ts';
import { onMemory } from './service.ts';

/** The options of `inject` for a request. */
export interface Sent {
  readonly method: HTTPMethods;
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly payload?: string;
}

const json = { 'content-type': 'application/json' };
const event = { specversion: '1.0', id: 'e', source: '/s', type: 'login', subject: 'ann' };
const call = JSON.stringify({ messageId: 'm', userId: 'ann', event: 'login', type: 'track' });
const calls = `{"batch":[${call}]}`;

/** A request of each route that reads. Each of them returns something about the activity `a` of `ann`, or about its dead letter. */
export const readings: Readonly<Record<string, Sent>> = {
  'GET /api/logs': { method: 'GET', url: '/api/logs?userId=ann' },
  'GET /api/logs/count': { method: 'GET', url: '/api/logs/count?userId=ann' },
  'GET /api/logs/stats': { method: 'GET', url: '/api/logs/stats?by=type&userId=ann' },
  'GET /api/logs/export': { method: 'GET', url: '/api/logs/export?format=csv&userId=ann' },
  'GET /api/logs/feed': { method: 'GET', url: '/api/logs/feed?userId=ann' },
  'GET /api/logs/:id': { method: 'GET', url: '/api/logs/a' },
  'GET /api/logs/:id/status': { method: 'GET', url: '/api/logs/a/status' },
  'GET /api/dead-letters': { method: 'GET', url: '/api/dead-letters' },
  'POST /api/dead-letters/replay': {
    method: 'POST',
    url: '/api/dead-letters/replay',
    headers: json,
    payload: '{"all":true}',
  },
};

/** A request of each route whose response has no end. The request has a fault, so that the response ends. */
export const streams: Readonly<Record<string, Sent>> = {
  'GET /api/logs/stream': { method: 'GET', url: '/api/logs/stream?cursor=faulty' },
};

const draft = '{"id":"a","userId":"ann","type":"LOGIN"}';
const segment = (url: string, payload: string): readonly [string, Sent] => [
  `POST ${url}`,
  { method: 'POST', url, headers: json, payload },
];

/** A request of each route that logs. Each logs one activity. */
export const loggings: Readonly<Record<string, Sent>> = {
  'POST /api/logs': { method: 'POST', url: '/api/logs', headers: json, payload: draft },
  'POST /api/logs/batch': { method: 'POST', url: '/api/logs/batch', headers: json, payload: `[${draft}]` },
  'POST /api/events': {
    method: 'POST',
    url: '/api/events',
    headers: { 'content-type': 'application/cloudevents+json' },
    payload: JSON.stringify(event),
  },
  ...Object.fromEntries(
    ['track', 't', 'identify', 'i', 'page', 'p', 'screen', 's', 'group', 'g', 'alias', 'a'].map((name) =>
      segment(`/v1/${name}`, call),
    ),
  ),
  ...Object.fromEntries(['batch', 'import', 'b'].map((name) => segment(`/v1/${name}`, calls))),
};

/** A request of each route that neither reads nor logs in the project of the request. */
export const others: Readonly<Record<string, Sent>> = {
  'OPTIONS /api/events': {
    method: 'OPTIONS',
    url: '/api/events',
    headers: { 'webhook-request-origin': 'events.example.com' },
  },
  // These routes are about the projects of the whole deployment. They ignore a valid header.
  'GET /api/projects': { method: 'GET', url: '/api/projects' },
  'PUT /api/projects/:id': {
    method: 'PUT',
    url: '/api/projects/shop',
    headers: json,
    payload: '{"retentionDays":7}',
  },
  'DELETE /api/projects/:id': { method: 'DELETE', url: '/api/projects/forum' },
  // These routes are about a user of the project.
  'DELETE /api/users/:userId/logs': { method: 'DELETE', url: '/api/users/ann/logs' },
  'GET /api/erasures/:id': { method: 'GET', url: '/api/erasures/unknown' },
  // These routes are about the keys of the project.
  'GET /api/keys': { method: 'GET', url: '/api/keys' },
  'POST /api/keys': {
    method: 'POST',
    url: '/api/keys',
    headers: json,
    payload: '{"name":"a","scopes":["read"]}',
  },
  'POST /api/keys/:id/rotate': {
    method: 'POST',
    url: '/api/keys/0123456789abcdef/rotate',
    headers: json,
    payload: '{}',
  },
  'DELETE /api/keys/:id': { method: 'DELETE', url: '/api/keys/0123456789abcdef' },
};

/** A request of each route that is about the process, whatever the project is. */
export const ofProcess: Readonly<Record<string, Sent>> = {
  'GET /metrics': { method: 'GET', url: '/metrics' },
  'GET /api/health/history': { method: 'GET', url: '/api/health/history' },
};

/** Returns every route that reads `X-Project`, such as `GET /api/logs`. Leaves out HEAD, which answers as GET does. */
export async function routesOfProjects(): Promise<readonly string[]> {
  const routes: string[] = [];
  const app = fastify({ routerOptions });
  app.addHook('onRoute', ({ method, url, config = {} }) => {
    if (projectsOf({ url, config }) === 'none') return;
    for (const name of [method].flat()) if (name !== 'HEAD') routes.push(`${name} ${url}`);
  });
  const bytesInFlight = new BytesInFlight(1000);
  await app.register(api, { ...onMemory().options, requestMetrics: new RequestMetrics(), bytesInFlight });
  await app.close();
  return routes;
}
