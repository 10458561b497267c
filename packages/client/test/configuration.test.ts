import { beforeEach, expect, test, vi } from 'vitest';
import { ActivityClient } from '../src/index.ts';
import { start, useFakeClock } from './start-client.ts';

beforeEach(useFakeClock);

test.each([
  'localhost:3000',
  'logs.example',
  'ftp://logs.example',
  'http://',
  'http://ann:secret@logs.example',
  'https://logs.example/?a=b',
  'https://logs.example/#a',
  'http://logs.example:port',
  '',
])('the URL "%s" is refused', (url) => {
  expect(() => new ActivityClient({ url })).toThrow(TypeError);
});

test.each([
  [{ timeoutMs: 0 }, 'timeoutMs must be a whole number of at least 1.'],
  [{ timeoutMs: Number.NaN }, 'timeoutMs must be a whole number of at least 1.'],
  [{ maxBatchCount: 0 }, 'maxBatchCount must be a whole number of at least 1.'],
  [{ maxBatchCount: 1.5 }, 'maxBatchCount must be a whole number of at least 1.'],
  [{ maxDelayMs: -1 }, 'maxDelayMs must be a whole number of at least 0.'],
  [{ queue: { maxCount: 0 } }, 'maxCount must be a whole number of at least 1.'],
  [{ queue: { maxBytes: Number.NaN } }, 'maxBytes must be a whole number of at least 1.'],
])('the constructor refuses the options %j', (options, message) => {
  expect(() => start(options)).toThrow(new TypeError(message));
});

test.each([
  ['to another server', 302, 'https://login.example:8443/?to=1', 'https://login.example:8443'],
  ['within the service', 308, '/elsewhere', '/elsewhere'],
  ['without a Location header', 301, undefined, 'another URL'],
  ['to an invalid URL', 307, 'http://', 'http://'],
])('a redirect %s rejects with ProblemError, without a retry', async (_, status, location, text) => {
  const { service, client } = start();
  const headers = location === undefined ? {} : { location };
  service.answer = () => new Response(null, { status, headers });
  const refusal = {
    name: 'ProblemError',
    status,
    message: `The service redirects to ${text}: correct the url.`,
  };
  await expect(client.count()).rejects.toMatchObject(refusal);
  await expect(client.tail().next()).rejects.toMatchObject(refusal);
  await expect(client.export().next()).rejects.toMatchObject(refusal);
  client.log({ userId: 'u', type: 'VIEW' });
  await expect(client.flush()).rejects.toMatchObject(refusal);
  expect(service.requests).toHaveLength(4);
});

test('a redirect whose status the browser hides rejects with ProblemError, too', async () => {
  const { client } = start({
    fetch: async (_input, init) => {
      expect(init?.redirect).toBe('manual');
      return Response.error();
    },
  });
  await expect(client.count()).rejects.toMatchObject({
    name: 'ProblemError',
    status: 0,
    message: 'The service redirects to another URL: correct the url.',
  });
});

test('an error thrown by apiKey, or a key with an invalid character, is not retried as an outage', async () => {
  const fault = new Error('no key today');
  let key = (): string => {
    throw fault;
  };
  const { service, client } = start({ apiKey: () => key() });
  client.log({ userId: 'u', type: 'VIEW' });
  const check = async (error: Error): Promise<void> => {
    await expect(client.count()).rejects.toEqual(error);
    await expect(client.tail().next()).rejects.toEqual(error);
    await expect(client.export().next()).rejects.toEqual(error);
    await expect(client.logDurably({ userId: 'u', type: 'VIEW' })).rejects.toEqual(error);
    await expect(client.flush()).rejects.toEqual(error);
  };
  await check(fault);
  key = () => 'sec\nret';
  await check(new TypeError('Invalid character in apiKey, project or cursor.'));
  expect(service.requests).toEqual([]);
  expect(client.queued).toBe(1);
});

test('a cursor with an invalid character rejects with TypeError', async () => {
  const { client, service } = start();
  await expect(client.tail({ cursor: 'a\nb' }).next()).rejects.toThrow(TypeError);
  expect(service.requests).toEqual([]);
});

test.each([2 ** 31, Number.POSITIVE_INFINITY])('a time limit of %d ms sets no timer', async (timeoutMs) => {
  const { client, service } = start({ timeoutMs });
  service.answer = () => new Promise(() => {});
  const controller = new AbortController();
  const counted = client.count({}, { signal: controller.signal }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(vi.getTimerCount()).toBe(0);
  controller.abort('enough');
  expect(await counted).toBe('enough');
});
