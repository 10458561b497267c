import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { buildServer } from '../../src/build-server.ts';
import { exportSlots } from '../../src/export/export-slots.ts';
import { asRoot, makeKey, rootKey } from '../access/key-requests.ts';
import { measureBytes, until } from '../bytes-held.ts';
import { listen } from '../feed/stream-client.ts';
import { onMemory, type Service, service } from '../service.ts';
import {
  after,
  ExportClient,
  exported,
  idsIn,
  linesIn,
  pageSize,
  variedActivities,
  watchQueries,
} from './exporting.ts';

const held = measureBytes();

// Runs before the metrics are stopped, because that needs real timers.
afterEach(() => void vi.useRealTimers());

const stopTime = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

const count = 3 * pageSize;

async function filled(options: Parameters<typeof service>[0] = {}): Promise<{ it: Service; url: string }> {
  const it = await service(options);
  await it.repository.save(variedActivities(count));
  return { it, url: `${await listen(it)}/api/logs/export` };
}

const isFreed = async (): Promise<boolean> => exportSlots.taken === 0 && (await held()) === 0;

/** The messages of the log about exports that the service cut off. */
const cutOffs = ({ lines }: Pick<Service, 'lines'>): readonly string[] =>
  lines.flatMap((line) => /"(export cut off: [^"]+)"/.exec(line)?.[1] ?? []);

test('a client that hangs up stops the reads, and frees its slot and its bytes', async () => {
  const { it, url } = await filled();
  const gate = Promise.withResolvers<void>();
  const queries = watchQueries(it, (query) => (query === 2 ? gate.promise : undefined));
  const client = await ExportClient.connect(url);
  client.read();
  await until(() => queries() === 2);
  expect([exportSlots.taken, await held('running_exports'), await held('running_exports_limit')]).toEqual([
    1, 1, 8,
  ]);
  client.close();
  await until(isFreed);
  gate.resolve();
  // A later export goes through all pages, so the first one had time to read on.
  expect(linesIn((await ExportClient.take(url)).text)).toHaveLength(count);
  expect(queries()).toBe(2 + 3);
  expect(cutOffs(it)).toEqual([]);
});

describe('a fault in the middle', () => {
  test.each([{}, { 'accept-encoding': 'gzip' }])(
    'breaks the connection, and `after` gets the rest (%o)',
    async (headers) => {
      const { it, url } = await filled();
      const whole = idsIn((await ExportClient.take(url)).text);
      watchQueries(it, (query) => {
        it.store.reachable = query !== 2;
      });
      const broken = await taken(url, headers);
      expect(broken.isComplete).toBe(false);
      expect(idsIn(broken.text)).toEqual(whole.slice(0, pageSize));
      const last = linesIn(broken.text).at(-1);
      if (last === undefined) throw new Error('One page has arrived.');
      it.store.reachable = true;
      const rest = await ExportClient.take(`${url}?${after(last)}`);
      expect([rest.isComplete, idsIn(rest.text)]).toEqual([true, whole.slice(pageSize)]);
      expect(cutOffs(it)).toEqual(['export cut off: The store is out of reach.']);
      await until(isFreed);
    },
  );

  test('a bug is logged as such', async () => {
    const { it, url } = await filled();
    watchQueries(it, (query) => {
      if (query === 2) throw new Error('a bug');
    });
    expect((await ExportClient.take(url)).isComplete).toBe(false);
    expect(cutOffs(it)).toEqual(['export cut off: an unexpected error']);
    expect(it.lines.filter((line) => line.includes('"level":"error"'))).toHaveLength(1);
  });

  test('at the first page is a problem', async () => {
    const { it, url } = await filled();
    it.store.reachable = false;
    const client = await ExportClient.take(url);
    expect([client.status, client.isComplete, JSON.parse(client.text)]).toMatchObject([
      503,
      true,
      { status: 503 },
    ]);
    await until(isFreed);
  });
});

/** Takes an export, also a compressed one that breaks off. */
async function taken(url: string, headers: Record<string, string>) {
  if (!('accept-encoding' in headers)) return ExportClient.take(url);
  const { get } = await import('node:http');
  const gunzip = createGunzip();
  let text = '';
  gunzip.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  gunzip.on('error', () => undefined);
  return new Promise<{ text: string; isComplete: boolean }>((resolve) => {
    get(url, { headers, agent: false }, (response) => {
      response.on('data', (chunk: Buffer) => gunzip.write(chunk)).on('error', () => undefined);
      response.once('close', () => gunzip.flush(() => resolve({ text, isComplete: response.complete })));
    });
  });
}

test('HTTP/1.0 is refused, because a response that broke off would look complete', async () => {
  const { url } = await filled();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  socket.write('GET /api/logs/export HTTP/1.0\r\nHost: localhost\r\n\r\n');
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
  expect(text).toMatch(/\r\nupgrade: HTTP\/1\.1\r\n/);
  expect(text).toContain('An export needs HTTP/1.1.');
  expect(exportSlots.taken).toBe(0);
});

test('the ninth export is refused until one of the eight ends', async () => {
  const { it, url } = await filled();
  const gate = Promise.withResolvers<void>();
  watchQueries(it, () => gate.promise);
  const clients = Array.from({ length: 8 }, () => ExportClient.take(url));
  await until(() => exportSlots.taken === 8);
  const refused = await it.app.inject('/api/logs/export');
  expect([refused.statusCode, refused.headers['retry-after'], refused.json()]).toMatchObject([
    503,
    '1',
    { detail: 'The service already has 8 exports in progress, which is its maximum. Try again later.' },
  ]);
  // An invalid request needs no slot.
  expect((await it.app.inject('/api/logs/export?page=1')).statusCode).toBe(400);
  gate.resolve();
  for (const client of await Promise.all(clients)) expect(linesIn(client.text)).toHaveLength(count);
  await until(isFreed);
  expect(await exported(it, '?userId=nobody')).toBe('');
});

describe('a key', () => {
  test('that is revoked gets no further page, and its export is not complete', async () => {
    const { it, url } = await filled({ apiKeys: [rootKey] });
    const key = await makeKey(it, { scopes: ['read'], project: 'default' });
    const queries = watchQueries(it, async (query) => {
      if (query !== 2) return;
      await it.app.inject({ method: 'DELETE', url: `/api/keys/${key.id}`, headers: asRoot() });
      await it.refreshKeys();
    });
    const client = await ExportClient.take(url, { 'x-api-key': key.secret });
    expect([client.status, client.isComplete, linesIn(client.text).length]).toEqual([
      200,
      false,
      2 * pageSize,
    ]);
    expect(queries()).toBe(2);
    expect(cutOffs(it)).toEqual([
      'export cut off: The API key is no longer valid. Continue with another key and `after`.',
    ]);
  });

  test('that cannot be checked for some time delays its export', async () => {
    const { it, url } = await filled({ apiKeys: [rootKey] });
    const key = await makeKey(it, { scopes: ['read'], project: 'default' });
    await it.refreshKeys();
    stopTime();
    const queries = watchQueries(it, (query) => {
      // A key with the scope `read` works for 60 s after its last check.
      if (query === 1) it.keyClock.nowMs += 60_001;
    });
    const taking = ExportClient.take(url, { 'x-api-key': key.secret });
    for (let second = 0; second < 5; second += 1) await passSecond();
    expect(queries()).toBe(1);
    await it.refreshKeys();
    await until(async () => {
      await passSecond();
      return queries() === 3;
    });
    expect(linesIn((await taking).text)).toHaveLength(count);
  });
});

const passSecond = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(1000);
  await nextTurn();
};

describe('a limit of the key', () => {
  async function limited() {
    const { it, url } = await filled({ apiKeys: [rootKey] });
    const limits = { answerBytesPerSecond: 1000 };
    const key = await makeKey(it, { scopes: ['read'], project: 'default', limits });
    stopTime();
    return { it, url, headers: { 'x-api-key': key.secret } };
  }

  test('slows its export, and does not end it', async () => {
    const { it, url, headers } = await limited();
    const queries = watchQueries(it);
    const taking = ExportClient.take(url, headers);
    await until(() => queries() === 1);
    for (let second = 0; second < 10; second += 1) await passSecond();
    expect(queries()).toBe(1);
    await until(async () => {
      it.keyClock.nowMs += 100_000;
      await it.refreshKeys();
      await passSecond();
      return queries() === 3;
    });
    const client = await taking;
    expect([client.isComplete, linesIn(client.text).length]).toEqual([true, count]);
  });

  test('that lasts for 30 s cuts it off', async () => {
    const { it, url, headers } = await limited();
    const taking = ExportClient.take(url, headers);
    await until(async () => {
      await passSecond();
      return cutOffs(it).length > 0;
    });
    const client = await taking;
    expect([client.isComplete, linesIn(client.text).length]).toEqual([false, pageSize]);
    expect(cutOffs(it)).toEqual(['export cut off: The export could not read its next page for 30 s.']);
    await until(isFreed);
  });
});

test('a server that closes cuts exports off, and does not wait for them', async () => {
  const { options, repository, lines } = onMemory();
  await options.useCases.refreshKeys();
  await repository.save(variedActivities(count));
  const server = await buildServer({ ...options, closeTimeoutMs: 3_600_000 });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const gate = Promise.withResolvers<void>();
  const queries = watchQueries({ repository }, (query) => (query === 2 ? gate.promise : undefined));
  const taking = ExportClient.take(`${url}/api/logs/export`);
  await until(() => queries() === 2);
  const closing = server.close();
  // The server stops before it refuses connections.
  await until(() =>
    fetch(url).then(
      () => false,
      () => true,
    ),
  );
  gate.resolve();
  await closing;
  const client = await taking;
  expect([client.isComplete, linesIn(client.text).length]).toEqual([false, 2 * pageSize]);
  expect(queries()).toBe(2);
  expect(cutOffs({ lines })).toEqual(['export cut off: The service is stopping.']);
});
