import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ServiceOptions, ServiceProcess } from '@user-activity/test-kit';

const example = { userId: '123', type: 'LOGIN', metadata: { ip: '127.0.0.1' } };
const json = { 'content-type': 'application/json' };

let folder: string;
let started: ServiceProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'user-activity-e2e-'));
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((service) => service.end('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

function start(options: Omit<ServiceOptions, 'folder'> = {}): ServiceProcess {
  const service = new ServiceProcess({ folder, ...options });
  started.push(service);
  return service;
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/api/logs`, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });

/** Waits until an activity is stored, and returns it. */
async function stored(url: string, id: string): Promise<unknown> {
  for (;;) {
    const response = await fetch(`${url}/api/logs/${id}`);
    if (response.status === 200) return response.json();
    expect(response.status).toBe(404);
    await delay(20);
  }
}

test('the example can be read after it was logged, after a restart, and after a kill -9', async () => {
  const first = start();
  let url = await first.ready();
  const response = await post(url, example);
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as { id: string };
  const activity = await stored(url, id);
  expect(activity).toMatchObject({ id, ...example });
  expect(await first.end('SIGTERM')).toBe(0);

  const second = start();
  url = await second.ready();
  expect(await (await fetch(`${url}/api/logs/${id}`)).json()).toEqual(activity);
  expect(await (await post(url, { ...example, id: 'just-before' })).json()).toMatchObject({
    id: 'just-before',
  });
  await second.end('SIGKILL');

  url = await start().ready();
  expect(await stored(url, 'just-before')).toMatchObject(example);
  const { data } = (await (await fetch(`${url}/api/logs?userId=123`)).json()) as { data: { id: string }[] };
  expect(data.map((each) => each.id)).toEqual(['just-before', id]);
});

test('a repeated activity is stored once, and a different one with the same id becomes a dead letter', async () => {
  const url = await start().ready();
  for (const body of [example, example, { ...example, type: 'LOGOUT' }])
    expect((await post(url, { ...body, id: 'same' })).status).toBe(202);
  await post(url, { ...example, id: 'the last' }).then((response) => expect(response.status).toBe(422));
  await post(url, { ...example, id: 'the-last' });
  // There is one partition, so all earlier activities are handled once the last one is stored.
  await stored(url, 'the-last');
  expect(await stored(url, 'same')).toMatchObject(example);
  const { data } = (await (await fetch(`${url}/api/logs`)).json()) as { data: unknown[] };
  expect(data).toHaveLength(2);
});

test('the ready line is logged once, before any other URL, and the next line shows a command to try', async () => {
  const service = start();
  const url = await service.ready();
  await service.end('SIGTERM');
  const lines = service.output
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg);
  const withUrl = lines.filter((line) => /https?:/.test(line));
  expect(withUrl[0]).toBe(`ready at ${url} (documentation at /docs)`);
  expect(withUrl[1]).toContain(`curl -i ${url}/api/logs`);
  expect(lines.filter((line) => line.includes('ready'))).toHaveLength(1);
});

/** Returns the message of the last line of a process that could not start. The line has the level `fatal`, and no stack or other data. */
async function fatalLine(service: ServiceProcess): Promise<unknown> {
  expect(await service.exited).toBe(1);
  const last = JSON.parse(service.output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  expect(Object.keys(last)).toEqual(['level', 'time', 'msg']);
  expect(last['level']).toBe(60);
  return last['msg'];
}

test('a fault that prevents the start gives one line with the variable to change', async () => {
  const first = start();
  const { port } = new URL(await first.ready());
  const other = join(folder, 'other');
  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const [environment, line] of [
    [{}, `The data folder ${folder} is in use by another process. Stop that process, or set DATA_DIR`],
    [{ DATA_DIR: other, PORT: port }, `port ${port} is in use; stop the other process or set PORT`],
    [
      { DATA_DIR: other, HOST: '192.0.2.1', ALLOW_ANONYMOUS: 'true' },
      '192.0.2.1 is not an address of this machine; set HOST',
    ],
    [{ DATA_DIR: join(file, 'below') }, 'Set DATA_DIR to a folder that this process may write to.'],
  ] as const)
    expect(await fatalLine(start({ environment }))).toContain(line);
  expect((await post(await first.ready(), example)).status).toBe(202);
});

test('a damaged file gives a clear error and stays unchanged', async () => {
  const file = join(folder, 'user-activity.db');
  writeFileSync(file, 'no database '.repeat(1000));
  const service = start();
  expect(await fatalLine(service)).toContain(`${file} is damaged`);
  expect(readFileSync(file, 'utf8')).toBe('no database '.repeat(1000));
});

test('an invalid configuration ends the service at once with a list of all faults, and shows no value', async () => {
  const environment = { PORT: 'secret', KAFKA_BROKERS: 'secret:9092', HOST: '0.0.0.0' };
  const service = start({ environment });
  expect(await service.exited).toBe(78);
  expect(service.output).toContain('MONGODB_URI must be set together with KAFKA_BROKERS');
  expect(service.output).toContain('PORT must be a whole number');
  expect(service.output).not.toContain('secret');
});

test('a full disk gives 503 and never 202, and each activity with a 202 can be read afterwards', async () => {
  const service = start({ maxFileKiB: 1024 });
  let url = await service.ready();
  const accepted: string[] = [];
  const refused: unknown[] = [];
  for (let index = 0; index < 300; index += 1) {
    const id = `full-${index}`;
    const response = await post(url, { ...example, id, metadata: { fill: 'x'.repeat(10_000) } });
    if (response.status === 202) accepted.push(id);
    else refused.push({ id, ...((await response.json()) as object) });
  }
  expect(accepted).not.toEqual([]);
  expect(refused).not.toEqual([]);
  for (const each of refused) expect(each).toMatchObject({ status: 503, ids: [(each as { id: string }).id] });
  // Checkpoints of SQLite free some space for a time, so wait until the service is not ready.
  for (let ready = 200; ready !== 503; ) ready = (await fetch(`${url}/health/ready`)).status;
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect((await fetch(`${url}/api/logs?limit=1`)).status).toBe(200);
  expect(await service.end('SIGTERM')).toBe(0);

  url = await start().ready();
  for (const id of accepted) expect(await stored(url, id)).toMatchObject({ id });
  expect((await post(url, example)).status).toBe(202);
});

test('if clients send during a stop, each response is 202 or a refusal, and each activity with a 202 is kept', async () => {
  const service = start();
  let url = await service.ready();
  const accepted: string[] = [];
  const sending = Array.from({ length: 8 }, async (_, sender) => {
    for (let index = 0; ; index += 1) {
      const id = `drain-${sender}-${index}`;
      const response = await post(url, { ...example, id }).catch(() => undefined);
      if (response?.status === 202) accepted.push(id);
      else return response?.status ?? 'refused';
    }
  });
  await stored(url, 'drain-0-5');
  expect(await service.end('SIGTERM')).toBe(0);
  for (const outcome of await Promise.all(sending)) expect([503, 'refused']).toContain(outcome);
  expect(service.output).toContain('"stopped"');
  url = await start().ready();
  for (const id of accepted) expect(await stored(url, id)).toMatchObject({ id });
});

test('MAX_BYTES_IN_FLIGHT, ALLOWED_HOSTS and WEBHOOK_ORIGINS reach the service', async () => {
  const environment = {
    MAX_BYTES_IN_FLIGHT: '20000',
    ALLOWED_HOSTS: 'logs.example',
    WEBHOOK_ORIGINS: 'events.example.com',
  };
  const url = await start({ environment }).ready();
  expect((await post(url, { ...example, metadata: { fill: 'x'.repeat(30_000) } })).status).toBe(413);
  expect((await fetch(`${url}/openapi.json`)).status).toBe(503);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  const from = (origin: string): Promise<Response> => fetch(`${url}/api/logs`, { headers: { origin } });
  expect((await from('http://logs.example')).status).toBe(200);
  expect((await from('http://evil.example')).status).toBe(403);
  const handshake = async (sender: string): Promise<number> => {
    const headers = { 'webhook-request-origin': sender };
    return (await fetch(`${url}/api/events`, { method: 'OPTIONS', headers })).status;
  };
  expect([await handshake('events.example.com'), await handshake('evil.example')]).toEqual([200, 403]);
});

test('MAX_METADATA_BYTES reaches the service, and larger stored activities stay readable after it is lowered', async () => {
  const roomy = start({ environment: { MAX_METADATA_BYTES: '262144' } });
  const large = { ...example, id: 'large', metadata: { fill: 'x'.repeat(262_144 - 11) } };
  let url = await roomy.ready();
  expect((await post(url, large)).status).toBe(202);
  expect(await stored(url, 'large')).toMatchObject({ metadata: large.metadata });
  const tooLarge = await post(url, { ...large, metadata: { fill: `${large.metadata.fill}x` } });
  expect(tooLarge.status).toBe(422);
  expect(await roomy.end('SIGTERM')).toBe(0);
  url = await start().ready();
  const refused = await post(url, { ...example, metadata: { fill: 'x'.repeat(32_768 - 10) } });
  expect(await refused.json()).toMatchObject({
    errors: [{ path: '/metadata', message: 'must be at most 32768 bytes of JSON in UTF-8' }],
  });
  expect(await stored(url, 'large')).toMatchObject({ metadata: large.metadata });
});

test('the log has no data that clients sent', async () => {
  const service = start({ environment: { LOG_LEVEL: 'trace', API_KEYS: 'secret-key' } });
  const url = await service.ready();
  const secret = { userId: 'secret-user', type: 'secret', metadata: { 'secret-name': 'secret-value' } };
  const key = { 'x-api-key': 'secret-key' };
  expect((await post(url, secret, key)).status).toBe(202);
  expect((await post(url, { ...secret, 'secret-field': 1 }, key)).status).toBe(422);
  expect((await post(url, secret)).status).toBe(401);
  const calls = async (writeKey: string): Promise<number> => {
    const body = JSON.stringify({
      batch: [{ type: 'track', userId: 'secret-user', event: 'secret' }],
      writeKey,
    });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${url}/v1/import`, { method: 'POST', headers, body })).status;
  };
  expect([await calls('secret-key'), await calls('secret-wrong')]).toEqual([200, 401]);
  expect((await fetch(`${url}/api/logs?userId=secret-user`, { headers: key })).status).toBe(200);
  expect(await service.end('SIGTERM')).toBe(0);
  expect(service.output).toContain('"status":422');
  expect(service.output).not.toContain('secret');
});
