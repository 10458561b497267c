import type { Attack } from '../attack.ts';
import type { Target } from '../target.ts';
import type { HttpRequest } from '../wire/send-request.ts';
import { jsonRequest } from './payloads.ts';
import { unexpectedStatusFaults } from './unexpected-status-faults.ts';

const validActivity = { userId: 'u', type: 'ORIGIN' };

/** Requests that a web page on another site could send, at least one for each route. */
const routeRequests: readonly HttpRequest[] = [
  jsonRequest('/api/logs', validActivity),
  jsonRequest('/api/logs/batch', [validActivity]),
  jsonRequest(
    '/api/events',
    { specversion: '1.0', id: 'e', source: '/s', type: 't', subject: 'u' },
    'application/cloudevents+json',
  ),
  ...['track', 'identify', 'page', 'screen', 'group', 'alias'].map((call) =>
    jsonRequest(`/v1/${call}`, { userId: 'u', event: 'E' }),
  ),
  jsonRequest('/v1/batch', { batch: [] }),
  jsonRequest('/v1/import/', { batch: [] }),
  jsonRequest('/v1/t', { userId: 'u', event: 'E' }, 'text/plain'),
  jsonRequest('/api/dead-letters/replay', { ids: ['t:0:0'] }),
  { path: '/api/dead-letters/replay', method: 'POST' },
  ...[
    '/api/logs',
    '/api/logs/an-id',
    '/api/logs/an-id/status',
    '/api/logs/count?userId=u',
    '/api/logs/stats?by=type&userId=u',
    '/api/dead-letters',
    '/metrics',
    '/openapi.json',
    '/docs',
    '/nothing',
  ].map((path) => ({ path })),
  { path: '/api/logs', method: 'OPTIONS' },
  { path: '/api/events', method: 'OPTIONS', headers: { 'webhook-request-origin': 'evil.example' } },
  { path: '/api/logs', method: 'HEAD' },
  { path: '/api/logs', method: 'DELETE' },
];

type Headers = Readonly<Record<string, string>>;

const foreignHeaders: readonly Headers[] = [
  { host: 'evil.example' },
  { host: 'evil.example', origin: 'http://evil.example' },
  { host: '127.0.0.1.evil.example' },
  { host: 'localhost.evil.example:3000' },
  { host: '10.0.0.7' },
  { host: '0x7f.evil.example' },
  { host: '[::ffff:10.0.0.7]' },
  { origin: 'http://evil.example' },
  { origin: 'https://evil.example:3000' },
  { origin: 'null' },
  { origin: 'http://127.0.0.1.evil.example' },
  { origin: 'file://' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
  { 'sec-fetch-site': 'Cross-Site' },
];

/** The headers that a browser sends when it follows a link on another site. The service lets such a request only open pages, such as `/docs`. */
const linkHeaders = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };

/** Sends all of `routeRequests` with additional headers. */
async function requestAllRoutes(target: Target, headers: Headers): Promise<void> {
  await target.requestAll(
    routeRequests.map((route) => ({ ...route, headers: { ...route.headers, ...headers } })),
  );
}

/** Checks that the service refused each request: with 403, or with 400 if `Host` is malformed. */
const refusalFaults = ({ responses }: Target): readonly string[] =>
  unexpectedStatusFaults(responses, 400, 403);

/** Makes an attack whose requests must each be answered with one of the allowed statuses. */
const statusAttack = (
  name: string,
  about: string,
  requests: (target: Target) => readonly HttpRequest[],
  allowedStatuses: readonly number[],
): Attack => ({
  name,
  about,
  isShort: true,
  async send(target) {
    await target.requestAll(requests(target));
  },
  check: ({ responses }) => unexpectedStatusFaults(responses, ...allowedStatuses),
});

/** S7: web pages on other sites that call a service without API keys, through the browser of a user. */
export const originAttacks: readonly Attack[] = [
  {
    name: 's7-foreign-pages',
    about: 'every route with a foreign Host, Origin or Sec-Fetch-Site',
    isShort: true,
    async send(target) {
      for (const headers of foreignHeaders) await requestAllRoutes(target, headers);
    },
    check: refusalFaults,
  },
  {
    name: 's7-foreign-frames',
    about: 'every route in a frame, by a form, and by a navigation with a foreign Host',
    isShort: true,
    async send(target) {
      await requestAllRoutes(target, { ...linkHeaders, 'sec-fetch-dest': 'iframe' });
      await requestAllRoutes(target, { ...linkHeaders, 'sec-fetch-dest': 'document', host: 'evil.example' });
      const form = { ...linkHeaders, 'sec-fetch-dest': 'document', origin: 'http://evil.example' };
      const posts = routeRequests.filter(({ method, body }) => method === 'POST' || body !== undefined);
      await target.requestAll(posts.map((route) => ({ ...route, headers: { ...route.headers, ...form } })));
    },
    check: refusalFaults,
  },
  statusAttack(
    's7-health',
    'health checks with a foreign Host, as orchestrators send them; they must succeed',
    () =>
      ['/health/live', '/health/ready'].flatMap((path) => [
        { path, headers: { host: '10.0.0.7:3000' } },
        { path, headers: { host: 'pod.cluster.local' } },
      ]),
    [200],
  ),
  statusAttack(
    's7-own-names',
    'requests to loopback names and addresses, with and without the same origin; they must succeed',
    ({ location: { port } }) =>
      ['127.0.0.1', 'localhost', '[::1]', '127.1.2.3', 'LOCALHOST'].flatMap((name) => [
        { path: '/api/logs', headers: { host: `${name}:${port}` } },
        {
          path: '/api/logs',
          headers: { host: `${name}:${port}`, origin: `http://${name.toLowerCase()}:${port}` },
        },
        { path: '/api/logs', headers: { host: name, 'sec-fetch-site': 'same-origin' } },
        { path: '/docs', headers: { host: name, ...linkHeaders, 'sec-fetch-dest': 'document' } },
      ]),
    [200, 302],
  ),
  {
    name: 's7-two-hosts',
    about: 'requests with two Host headers, with none, with an empty one, and with a malformed one',
    isShort: true,
    async send(target) {
      for (const host of ['Host: localhost\r\nHost: evil.example\r\n', '', 'Host: \r\n', 'Host: a b\r\n']) {
        const connection = await target.open();
        await connection.write(`GET /api/logs HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
        await connection.ended;
        target.responses.push(...connection.responses(`GET /api/logs with ${JSON.stringify(host)}`));
      }
    },
    check: refusalFaults,
  },
];
