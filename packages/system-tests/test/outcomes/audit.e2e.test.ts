import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runSql, ServiceProcess, startKafka, temporaryFolder } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';
import { Deployment, until } from '../deployment/deployment.ts';
import { apiKey, kindsOfService } from '../deployment/kinds-of-service.ts';

interface Event {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Sends a request with the root key. Returns its response, which must have the status. A read that a busy process sheds is sent again. */
async function send(
  url: string,
  [method, path, body]: readonly [method: string, path: string, body?: object],
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const ask = () =>
    fetch(`${url}${path}`, {
      method,
      headers: {
        'x-api-key': apiKey,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  let response = await ask();
  const retriedStatus = method === 'GET' ? 503 : undefined;
  while (response.status === retriedStatus) {
    await response.body?.cancel();
    await delay(100);
    response = await ask();
  }
  expect([path, response.status]).toEqual([path, status]);
  return response;
}

const inSystem = { 'x-project': '_system' };

/** Returns the audit events, except for those of reads. The oldest is first. */
async function changes(url: string): Promise<readonly Event[]> {
  const response = await send(url, ['GET', '/api/logs?order=asc&limit=500'], 200, inSystem);
  const { data } = (await response.json()) as { data: readonly Event[] };
  return data.filter(({ type }) => type !== 'SEARCHED' && type !== 'VIEWED');
}

async function makeKey(url: string): Promise<string> {
  const body = { name: 'a key', project: 'shop', scopes: ['write'] };
  return ((await (await send(url, ['POST', '/api/keys', body], 201)).json()) as { id: string }).id;
}

/** Makes a key, and waits until that is logged. Returns the ids of all keys whose making is logged. */
async function keysLoggedAfterAll(url: string): Promise<readonly unknown[]> {
  const marker = await makeKey(url);
  let keys: readonly unknown[] = [];
  await until(async () => {
    keys = (await changes(url))
      .filter(({ type }) => type === 'KEY_CREATED')
      .map(({ metadata }) => metadata['key']);
    return keys.includes(marker);
  });
  return keys.filter((key) => key !== marker);
}

test.each(kindsOfService)(
  '%s: each change is logged once in _system, even if the processes are killed right after it',
  async (_, started) => {
    const service = await started();
    const { url } = service;
    const id = await makeKey(url);
    await send(url, ['POST', `/api/keys/${id}/rotate`, { overlapSeconds: 0 }], 200);
    await send(url, ['PUT', '/api/projects/shop', { retentionDays: 7 }], 200);
    await send(url, ['DELETE', '/api/projects/forum'], 202);
    await send(url, ['DELETE', '/api/users/ann/logs'], 202);
    await send(url, ['POST', '/api/dead-letters/replay', { all: true }], 202);
    await send(url, ['DELETE', `/api/keys/${id}`], 204);
    await service.kill();
    await service.restart();
    expect(await keysLoggedAfterAll(url)).toEqual([id]);
    const logged = await changes(url);
    expect(logged.slice(0, -1)).toMatchObject(
      [
        'KEY_CREATED',
        'KEY_ROTATED',
        'SETTINGS_CHANGED',
        'PROJECT_ERASED',
        'USER_ERASED',
        'DEAD_LETTERS_REPLAYED',
        'KEY_REVOKED',
      ].map((type) => ({ type, userId: 'root', metadata: { outcome: 'done' } })),
    );
    expect(logged).toHaveLength(8);
    // Clients can neither write to the audit log nor change what it keeps.
    await send(url, ['POST', '/api/logs', { userId: 'root', type: 'KEY_CREATED' }], 400, inSystem);
    await send(url, ['DELETE', '/api/projects/_system'], 400);
    await send(url, ['PUT', '/api/projects/_system', { retentionDays: 1 }], 400);
  },
);

test.each(kindsOfService)(
  '%s: with LOG_READS=true reads are logged, without the values that they found',
  async (_, started) => {
    const { url } = await started({ environment: { LOG_READS: 'true' } });
    await send(url, ['POST', '/api/logs', { id: 'a', userId: 'ann', type: 'LOGIN' }], 201, {
      prefer: 'wait=30',
    });
    await send(url, ['GET', '/api/logs?userId=ann'], 200);
    await send(url, ['GET', '/api/logs/a'], 200);
    let reads: readonly Event[] = [];
    await until(async () => {
      const page = await send(url, ['GET', '/api/logs?order=asc&limit=500'], 200, inSystem);
      reads = ((await page.json()) as { data: readonly Event[] }).data.filter(
        ({ metadata }) => metadata['project'] === 'default',
      );
      return reads.length >= 2;
    });
    // The SHA-256 of ["default","ann"].
    const users = ['3bd448841b88282a72f5fa47295e68419dc0dcd3689e6ecf78e572af76fa98d8'];
    const digest = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
    expect(reads.map(({ type, metadata }) => ({ type, metadata }))).toEqual([
      {
        type: 'SEARCHED',
        metadata: { search: 'list', project: 'default', filter: digest, users, results: 1 },
      },
      {
        type: 'VIEWED',
        metadata: { view: 'activity', project: 'default', filter: digest, users, results: 1 },
      },
    ]);
  },
);

test('a key that is made while Kafka is down is logged once, even if the API is killed before Kafka is back', async () => {
  const kafka = await startKafka();
  onTestFinished(() => kafka.stop());
  const deployment = new Deployment({ brokers: kafka.brokers });
  const variables = { API_KEYS: apiKey, PUBLISH_TIMEOUT_MS: '2000' };
  const api = deployment.start('api', variables);
  const url = await api.ready();
  kafka.signal(0, 'SIGKILL');
  const id = await makeKey(url);
  await until(async () => api.output.includes('could not publish audit events'));
  await api.end('SIGKILL');
  await kafka.restart(0);
  const services = [1, 2].map(() => deployment.start('standalone', variables));
  const [again = ''] = await Promise.all(services.map((service) => service.ready()));
  expect(await keysLoggedAfterAll(again)).toEqual([id]);
});

test('a key that is made while the log in the file fails is logged once, even if the process is killed', async () => {
  const folder = temporaryFolder('audit');
  onTestFinished(() => folder.remove());
  const start = (): ServiceProcess => {
    const service = new ServiceProcess({ folder: folder.path, environment: { API_KEYS: apiKey } });
    onTestFinished(async () => {
      await service.end('SIGKILL');
    });
    return service;
  };
  const renameLog = (from: string, to: string): void => {
    runSql(join(folder.path, 'user-activity.db'), `ALTER TABLE ${from} RENAME TO ${to}`);
  };
  const service = start();
  const url = await service.ready();
  renameLog('log', 'hidden_log');
  const id = await makeKey(url);
  await until(async () => service.output.includes('could not publish audit events'));
  await service.end('SIGKILL');
  renameLog('hidden_log', 'log');
  expect(await keysLoggedAfterAll(await start().ready())).toEqual([id]);
});
