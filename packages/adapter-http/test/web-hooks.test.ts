import { expect, test } from 'vitest';
import { post, refusal, seen, service } from './service.ts';

const origin = 'events.example.com';
const options = (headers: Record<string, string>, url = '/api/events') =>
  ({ method: 'OPTIONS', url, headers }) as const;
const asks = (from: string) => options({ 'webhook-request-origin': from });

test('by default, any sender is allowed, and any rate', async () => {
  const { app } = await service();
  for (const headers of [
    { 'webhook-request-origin': origin },
    { 'webhook-request-origin': origin, 'webhook-request-rate': '120' },
    { 'webhook-request-origin': origin, 'content-type': 'application/json', 'content-length': '0' },
  ]) {
    const response = await app.inject(options(headers));
    expect([response.statusCode, response.body]).toEqual([200, '']);
    expect(response.headers).toMatchObject({
      'webhook-allowed-origin': '*',
      allow: 'POST',
      'accept-post': 'application/cloudevents+json, application/cloudevents-batch+json, */*',
      'content-length': '0',
    });
    // Section 4.2.2: the response has a rate only if the request has one.
    expect(response.headers['webhook-allowed-rate']).toBe(
      'webhook-request-rate' in headers ? '*' : undefined,
    );
  }
  expect((await app.inject(options({ 'webhook-request-origin': origin }, '/api/events/'))).statusCode).toBe(
    200,
  );
});

test.each([
  ['events.example.com', 'events.example.com'],
  ['events.example.com', 'Events.Example.com.'],
  ['EVENTS.example.com.', 'https://events.example.com'],
  ['events.example.com', 'events.example.com:8443'],
  ['https://events.example.com', 'https://events.example.com:443'],
  ['*.example.com', '*.example.com'],
  ['*.example.com', 'a.example.com'],
  ['*.example.com', 'https://a.b.Example.com.:8443/'],
  ['https://*.example.com', 'https://a.example.com'],
  ['events.example.com', 'https://events.example.com/'],
  ['events.example.com/', 'events.example.com/'],
  ['[2001:db8::1]', '[2001:DB8:0::1]'],
  ['https://[::1]:8443', 'https://[::1]:8443/'],
  ['[1:0:0:0:0:0:0:0]', '[1::]'],
  ['[1:2:3:4:5:6:7::]', '[1:2:3:4:5:6:7:0]'],
  ['[::]', '[0:0::0]'],
  ['10.0.0.1', '10.0.0.1'],
])('if %s may deliver, %s is allowed, and the response has the name that it sent', async (allowed, from) => {
  const { app } = await service({ webhookOrigins: ['other.example', allowed] });
  const response = await app.inject(asks(from));
  expect([response.statusCode, response.headers['webhook-allowed-origin']]).toEqual([200, from]);
});

test.each([
  ['events.example.com', 'evil.example'],
  ['events.example.com', 'a.events.example.com'],
  ['events.example.com', 'events.example.com.evil.example'],
  ['https://events.example.com', 'events.example.com'],
  ['https://events.example.com', 'http://events.example.com'],
  ['events.example.com:8443', 'https://events.example.com'],
  ['*.example.com', 'example.com'],
  ['*.example.com', 'evilexample.com'],
  ['*.example.com', 'a.example.com.evil.example'],
  ['https://*.example.com', 'http://a.example.com'],
  ['*.a.example.com', '*.example.com'],
  ['[::1]', '[::2]'],
])('if %s may deliver, %s is 403, and the response names the variable', async (allowed, from) => {
  const { app } = await service({ webhookOrigins: [allowed] });
  const response = await app.inject(asks(from));
  expect(seen(response)).toMatchObject(refusal(403, /WEBHOOK_ORIGINS/));
  expect(response.headers).not.toHaveProperty('webhook-allowed-origin');
});

test.each([
  '',
  '*',
  'a b',
  'events.example.com, evil.example',
  'https://events.example.com/path',
  'https://user@events.example.com',
  'ftp://events.example.com',
  '<script>',
  'events..example.com',
  '-.example.com',
  '[::g]',
  '[1:2]',
  '[d:18:200c8409bBEc7a]',
  '[1::2::3]',
  '[1:2:3:4:5:6:7:8:9]',
  '[1:2:3:4:5:6:7::8]',
  '[::1',
  '::1',
  '*.[::1]',
  'events.example.com//',
  '*.*.example.com',
  'events.example.com:port',
  `${'a'.repeat(64)}.example`,
  'a.'.repeat(200),
])('"%s" is not the name of a sender: 400', async (from) => {
  for (const webhookOrigins of [['*'], ['events.example.com']]) {
    const { app } = await service({ webhookOrigins });
    const response = await app.inject(asks(from));
    expect(response.statusCode).toBe(400);
    expect(response.headers).not.toHaveProperty('webhook-allowed-origin');
    expect(response.body).not.toContain(from || 'nothing');
  }
});

test('the handshake needs no key, and the events that follow do', async () => {
  const { app, logged } = await service({ apiKeys: ['key'] });
  expect((await app.inject(asks(origin))).statusCode).toBe(200);
  const event = { specversion: '1.0', id: '1', source: '/s', type: 't', subject: 'u' };
  const headers = { 'content-type': 'application/cloudevents+json', 'webhook-request-origin': origin };
  expect((await post(app, '/api/events', event, headers)).statusCode).toBe(401);
  expect((await post(app, '/api/logs', {}, { 'webhook-request-origin': origin })).statusCode).toBe(401);
  expect(logged()).toEqual([]);
  const withKey = { ...headers, authorization: 'Bearer key' };
  expect((await post(app, '/api/events', event, withKey)).statusCode).toBe(202);
  // Without the header, OPTIONS is no handshake. On other paths, there is no handshake.
  expect((await app.inject(options({}))).statusCode).toBe(401);
  expect((await app.inject(options({ 'webhook-request-origin': origin }, '/api/logs'))).statusCode).toBe(401);
});

test('OPTIONS without the header is a 405 that names it, and with the header on other paths it is a 405 too', async () => {
  const { app } = await service();
  const response = await app.inject(options({}));
  expect(seen(response)).toMatchObject(refusal(405, /WebHook-Request-Origin/));
  expect(response.headers.allow).toBe('POST');
  expect((await app.inject({ method: 'GET', url: '/api/events' })).headers.allow).toBe('OPTIONS, POST');
  expect((await app.inject(options({ 'webhook-request-origin': origin }, '/api/logs'))).statusCode).toBe(405);
});

test('a URL with which every event would be refused is refused in the handshake', async () => {
  const { app } = await service();
  const at = (url: string) => app.inject(options({ 'webhook-request-origin': origin }, url));
  expect((await at('/api/events?atomic=true')).statusCode).toBe(200);
  expect((await at('/api/events?access_token=x')).statusCode).toBe(400);
});

test('without root keys, the handshake is refused on foreign hosts, like every request', async () => {
  const { app } = await service();
  for (const more of [{ host: 'evil.example' }, { origin: 'https://evil.example' }])
    expect((await app.inject(options({ 'webhook-request-origin': origin, ...more }))).statusCode).toBe(403);
  const { app: named } = await service({ allowedHosts: ['logs.example'] });
  const headers = { 'webhook-request-origin': origin, host: 'logs.example' };
  expect((await named.inject(options(headers))).statusCode).toBe(200);
});
