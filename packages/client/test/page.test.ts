import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { problem, unreachable } from './fake-service.ts';
import { start, useFakeClock } from './start-client.ts';

beforeEach(useFakeClock);

/** Makes this program look like a page, with a `document`. Returns a function that hides or shows the page. */
function openPage(): (state: 'hidden' | 'visible') => void {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  return (state) => {
    page.visibilityState = state;
    page.dispatchEvent(new Event('visibilitychange'));
  };
}

test('in a page, each batch is sent with keepalive, unless it is too large for that or is a retry', async () => {
  openPage();
  const { service, client } = start();
  client.log({ userId: 'a', type: 'VIEW' });
  client.log({ userId: 'b', type: 'VIEW', metadata: { text: 'ä'.repeat(40_000) } });
  await client.flush();
  expect(service.requests.map(({ keepalive }) => keepalive)).toEqual([true, false]);
  expect(service.batches).toEqual([['a'], ['b']]);

  service.next.push(unreachable);
  client.log({ userId: 'c', type: 'VIEW' });
  await vi.advanceTimersByTimeAsync(2000);
  client.log({ userId: 'd', type: 'VIEW' });
  await client.flush();
  expect(service.requests.slice(2).map(({ keepalive }) => keepalive)).toEqual([true, false, true]);
});

test('when the page is hidden, activities that are not being sent are sent at once, and stay queued until the service answers', async () => {
  const show = openPage();
  const { service, client, logAll } = start({ maxBatchCount: 2 });
  service.next.push(() => new Promise(() => {}));
  logAll('a', 'b', 'c', 'd');
  await vi.advanceTimersByTimeAsync(0);
  show('hidden');
  show('visible');
  await vi.advanceTimersByTimeAsync(0);
  expect(service.batches).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(service.requests[1]).toMatchObject({ keepalive: true });
  expect(client.queued).toBe(4);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(client.queued).toBe(0);
});

test('when the page is hidden, it sends as much as fits into a keepalive request, even in a pause after a failure', async () => {
  const show = openPage();
  const { service, client } = start();
  service.next.push(problem(503, {}, { 'retry-after': '60' }));
  for (const userId of ['a', 'b', 'c'])
    client.log({ userId, type: 'VIEW', metadata: { text: 'x'.repeat(25_000) } });
  await vi.advanceTimersByTimeAsync(300);
  show('hidden');
  await vi.advanceTimersByTimeAsync(0);
  expect(service.batches).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  const closed = client.close({ timeoutMs: 1 }).catch(() => {});
  await vi.advanceTimersByTimeAsync(1);
  await closed;
  show('hidden');
  expect(service.requests).toHaveLength(2);
});

test('pending keepalive requests count towards the keepalive limit', async () => {
  const show = openPage();
  const { service, client } = start();
  const unanswered = (): Promise<Response> => new Promise(() => {});
  service.next.push(unanswered, unanswered, unanswered);
  const log = (userId: string, size: number): string =>
    client.log({ userId, type: 'VIEW', metadata: { text: 'x'.repeat(size) } });
  log('a', 25_000);
  await vi.advanceTimersByTimeAsync(300);
  log('b', 20_000);
  log('c', 20_000);
  show('hidden');
  // The request that the first call sent is pending, too.
  show('hidden');
  await vi.advanceTimersByTimeAsync(0);
  expect(service.batches).toEqual([['a'], ['b']]);
  expect(service.requests.every(({ keepalive }) => keepalive)).toBe(true);
});
