import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import {
  inDatabase,
  makeTlsFiles,
  type Mongod,
  type ServiceProcess,
  startMongod,
  temporaryFolder,
  type TlsFiles,
} from '@user-activity/test-kit';
import { beforeAll, expect, test } from 'vitest';
import { Deployment, post, until } from '../deployment/deployment.ts';

const database = 'user_activity';
const password = 'p@ss:word/';

let tls: TlsFiles;
let mongod: Mongod;

beforeAll(async () => {
  const folder = temporaryFolder('tls');
  tls = makeTlsFiles(folder.path);
  mongod = await startMongod({ secured: tls });
  return async () => {
    await mongod.stop();
    folder.remove();
  };
});

interface Role {
  readonly role: string;
  readonly privileges: readonly { readonly actions: readonly string[] }[];
}

/** The commands that the documented script sends. */
interface Documented {
  readonly role: Role;
  readonly user: { readonly user: string; readonly pwd: string };
}

/** Runs the documented script as mongosh would. */
function documented(): Documented {
  const page = readFileSync(new URL('../../../../docs/operate/mongodb.md', import.meta.url), 'utf8');
  const [, script = ''] = /^```js\n(db = .*?)^```/ms.exec(page) ?? [];
  const found: Partial<Record<keyof Documented, unknown>> = {};
  const db = {
    getSiblingDB(name: string) {
      expect(name).toBe(database);
      return db;
    },
    createRole: (role: unknown) => (found.role = role),
    createUser: (user: unknown) => (found.user = user),
  };
  runInNewContext(script, { db, passwordPrompt: () => password });
  return found as Documented;
}

/** Sends a command as `root`. */
const asRoot = (command: object): Promise<unknown> =>
  inDatabase(mongod.uri, database, (db) => db.command(JSON.parse(JSON.stringify(command)) as object));

test('the service runs with the documented role over TLS, and reports if the role lacks an action', async () => {
  const { role, user } = documented();
  const { role: roleName, ...grants } = role;
  const { user: userName, ...login } = user;
  await asRoot({ createRole: roleName, ...grants });
  await asRoot({ createUser: userName, ...login });
  const uri = new URL(mongod.uri);
  uri.username = userName;
  uri.password = encodeURIComponent(password);
  uri.searchParams.set('authSource', database);
  uri.searchParams.delete('tlsCAFile');
  const deployment = new Deployment({ uri: uri.href });
  const start = (app: 'api' | 'consumer', RETENTION_DAYS = ''): ServiceProcess =>
    deployment.start(app, {
      MONGODB_DATABASE: database,
      NODE_EXTRA_CA_CERTS: tls.certificate,
      RETENTION_DAYS,
    });
  const expirySeconds = (): Promise<readonly (number | undefined)[]> =>
    inDatabase(mongod.uri, database, async (db) => {
      const indexes = await db.collection('activities').indexes();
      return indexes.flatMap((index) => ('expireAfterSeconds' in index ? [index.expireAfterSeconds] : []));
    });

  const consumer = start('consumer');
  const processes = [consumer];
  let url = '';
  // A retention, a changed retention, and none.
  for (const [days, expiries] of [
    ['30', [30 * 86_400]],
    ['60', [60 * 86_400]],
    ['', []],
  ] as const) {
    await processes.findLast((service) => service !== consumer)?.end('SIGTERM');
    const api = start('api', days);
    processes.push(api);
    url = await api.ready();
    await until(async () => JSON.stringify(await expirySeconds()) === JSON.stringify(expiries));
  }
  await consumer.ready();
  await useEverything(url);
  for (const service of processes) {
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output).not.toMatch(/not authorized|MongoServerError 13/);
  }

  for (const missing of ['find', 'listIndexes', 'insert']) {
    const privileges = role.privileges.map((privilege) => ({
      ...privilege,
      actions: privilege.actions.filter((action) => action !== missing),
    }));
    await asRoot({ dropDatabase: 1 });
    await asRoot({ updateRole: roleName, privileges });
    const refused = start('api');
    expect(await refused.exited).toBe(1);
    expect(refused.output).toContain('MongoDB refuses the user of MONGODB_URI (code 13: not authorized');
  }
});

/** Sends requests that need each kind of access to the store. Expects that all succeed. */
async function useEverything(url: string): Promise<void> {
  const send = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, init);
    const answer = await response.text();
    expect([method, path, response.status < 300, answer]).toEqual([method, path, true, answer]);
    return JSON.parse(answer);
  };
  const waiting = send('GET', '/api/logs/feed?wait=30');
  expect(
    (await post(url, { userId: 'ann', type: 'VIEW', metadata: { plan: 'free' } }, { prefer: 'wait=30' }))
      .status,
  ).toBe(201);
  await waiting;
  for (const path of ['?metadata.plan=free&userId=ann', '/count', '/stats?by=day'])
    await send('GET', `/api/logs${path}`);
  await send('POST', '/v1/track', { event: 'without a user' });
  await send('GET', '/api/dead-letters');
  await send('POST', '/api/dead-letters/replay', { all: true });
  await send('POST', '/api/keys', { name: 'shop', project: 'shop', scopes: ['write'] });
  await send('PUT', '/api/projects/shop', { retentionDays: 3 });
  await send('DELETE', '/api/projects/shop');
  const { id } = (await send('DELETE', '/api/users/ann/logs')) as { id: string };
  while (((await send('GET', `/api/erasures/${id}`)) as { status: string }).status !== 'done')
    await delay(50);
}
