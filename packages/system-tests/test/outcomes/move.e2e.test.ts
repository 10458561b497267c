import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { readTopic, ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { kafkaBrokers } from '@user-activity/test-kit/shared';
import { expect, onTestFinished, test } from 'vitest';
import { Deployment, until } from '../deployment/deployment.ts';
import { apiKey } from '../deployment/kinds-of-service.ts';
import { anonymisationKey, erasedUser, UserClient } from '../deployment/user-client.ts';

const main = fileURLToPath(new URL('../../../../apps/cli/src/main.ts', import.meta.url));
const secrets = { API_KEYS: apiKey, ANONYMISATION_KEY: anonymisationKey };
const perPrefix = 6000;

/** Starts the command that moves the data in a folder to a deployment. */
function startMove(
  folder: string,
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
) {
  const flags = ['--conditions=@user-activity/source'];
  const child = spawn(process.execPath, [...flags, main, 'move', '--from-data', folder, ...args], {
    env: { PATH: process.env['PATH'], ...environment, ...secrets },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = (async () => {
    const closed = once(child, 'close');
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    return { code: child.exitCode, out, err };
  })();
  return { child, ended };
}

type Json = Readonly<Record<string, unknown>>;

/** Reads a deployment as its clients see it. */
class View {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async ask(path: string, init: RequestInit = {}, project = 'default'): Promise<Json> {
    const headers = { 'x-api-key': apiKey, 'x-project': project, 'content-type': 'application/json' };
    for (;;) {
      const response = await fetch(`${this.#url}${path}`, { ...init, headers });
      const body = await response.text();
      // A process may be busy for a moment.
      if (response.status === 503) continue;
      if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${body}`);
      return body === '' ? {} : (JSON.parse(body) as Json);
    }
  }

  post(path: string, body: object, project?: string, headers: Json = {}): Promise<Json> {
    return this.ask(path, { method: 'POST', body: JSON.stringify(body), ...headers }, project);
  }

  /** Reads all pages of a list. */
  async all(path: string, project: string): Promise<readonly Json[]> {
    const all: Json[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await this.ask(`${path}?limit=500${query}`, {}, project);
      all.push(...(page['data'] as Json[]));
      cursor = (page['pagination'] as { readonly nextCursor: string | null }).nextCursor;
    }
    return all;
  }

  /** Returns all data that must be equal after a move. */
  async everything(erasures: readonly string[]) {
    const projects = (await this.ask('/api/projects'))['projects'] as Json[];
    const names = projects.map(({ id }) => String(id));
    const each = async <Result>(read: (project: string) => Promise<Result>) =>
      Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
    const keys = (await this.ask('/api/keys', {}, 'shop'))['data'] as Json[];
    return {
      projects,
      keys: keys.toSorted((left, right) => (String(left['id']) < String(right['id']) ? -1 : 1)),
      counts: await each((name) => this.ask('/api/logs/count', {}, name)),
      types: await each((name) => this.ask('/api/logs/stats?by=type', {}, name)),
      activities: await each((name) => this.all('/api/logs', name)),
      letters: await each(async (name) =>
        (await this.all('/api/dead-letters', name)).map(({ id: _id, origin, ...letter }) => {
          // A letter names the log from which it came, which has another name at the target.
          const { partition, offset } = origin as Json;
          return { ...letter, partition, offset };
        }),
      ),
      erasures: await Promise.all(erasures.map((id) => this.ask(`/api/erasures/${id}`))),
    };
  }
}

/** An embedded service with data of every kind. It is stopped. */
async function filled() {
  const folder = temporaryFolder('moved');
  onTestFinished(() => folder.remove());
  const service = new ServiceProcess({ folder: folder.path, environment: secrets });
  onTestFinished(async () => void (await service.end('SIGKILL')));
  const url = await service.ready();
  const [client, view] = [new UserClient(url), new View(url)];
  await client.logMany('first', perPrefix);
  await client.untilStored(perPrefix);
  const erased = await client.erase(erasedUser);
  await client.untilDone(erased);
  const anonymised = await client.erase('user-0', 'anonymise');
  await client.untilDone(anonymised);
  // The erased user logs again, and an activity of an older client has its own time.
  await client.log({ id: 'later', userId: erasedUser, type: 'LATER' });
  await view.post('/api/logs', {
    id: 'old',
    userId: 'user-1',
    type: 'OLD',
    createdAt: '2020-02-29T12:00:00.123Z',
  });
  await view.ask('/api/projects/shop', {
    method: 'PUT',
    body: JSON.stringify({ retentionDays: 3650, limits: { storedBytes: 1e9 } }),
  });
  const texts = ['😀', '__proto__', 'a.b', '$set', '"'];
  await view.post(
    '/api/logs/batch',
    texts.map((name, index) => ({
      id: `same-${index}`,
      userId: name,
      type: name,
      metadata: { a: { 'b.c': [name, 1.5, null] } },
    })),
    'shop',
  );
  await view.post('/api/keys', { name: 'reader', scopes: ['read'] }, 'shop');
  const project = 'shop';
  for (const index of [0, 1])
    await view.post('/api/logs', { id: `same-${index}`, userId: 'other', type: 'OTHER' }, project);
  await until(async () => (await view.all('/api/dead-letters', project)).length === 2);
  const { secret } = await view.post('/api/keys', { name: 'of the test', scopes: ['write'] }, project);
  await until(async () => (await view.ask('/api/logs/count', {}, '_system'))['count'] !== 0);
  const before = await view.everything([erased, anonymised]);
  // These activities wait on the log, because the process is killed right after it has accepted them.
  await client.logMany('last', 600);
  await service.end('SIGKILL');
  return { folder: folder.path, before, secret: String(secret), erasures: [erased, anonymised] };
}

test('all data of an embedded service move to Kafka and MongoDB, even if the command is killed and repeated', async () => {
  const { folder, before, secret, erasures } = await filled();
  const deployment = new Deployment();
  const consumer = deployment.start('consumer', secrets);
  const [url] = await Promise.all([deployment.start('api', secrets).ready(), consumer.ready()]);
  const view = new View(url);

  const killed = startMove(folder, deployment.environment);
  await until(async () => Number((await view.ask('/api/logs/count'))['count']) > 0);
  killed.child.kill('SIGKILL');
  await killed.ended;

  const { code, out, err } = await startMove(folder, deployment.environment, '--json').ended;
  expect(err).not.toContain('Waiting:');
  expect(code).toBe(0);
  const total = perPrefix - perPrefix / 6 + 2 + 600;
  expect(JSON.parse(out)).toMatchObject({
    keys: 2,
    erasures: 2,
    deadLetters: 2,
    confirmed: true,
    different: [],
    missing: [],
  });

  const after = await view.everything(erasures);
  expect(after.counts['default']).toEqual({ count: total });
  const isWaiting = ({ id }: Json) => String(id).startsWith('last-');
  expect(after.activities['default']?.filter(isWaiting)).toHaveLength(600);
  expect(after.projects).toEqual(before.projects);
  expect(after.keys).toEqual(before.keys);
  expect(after.letters).toEqual(before.letters);
  expect(after.erasures).toEqual(before.erasures);
  for (const [name, moved] of Object.entries(before.activities)) {
    const ids = new Set(moved.map(({ id }) => id));
    // The audit trail of the target has its own events too.
    expect(after.activities[name]?.filter(({ id }) => ids.has(id))).toEqual(moved);
    const others = (after.activities[name]?.length ?? 0) - moved.length;
    expect(name === '_system' ? 600 : others).toBe(name === 'shop' ? 0 : 600);
  }
  expect(after.types['shop']).toEqual(before.types['shop']);

  const response = await fetch(`${url}/api/logs`, {
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'new', userId: 'user-1', type: 'NEW' }),
  });
  expect(response.status).toBe(202);
  // The topic must not remove the records because of their age.
  const records = await readTopic(kafkaBrokers(), deployment.topic);
  const oldest = Math.min(...records.map(({ timestamp }) => Number(timestamp)));
  expect(Date.now() - oldest).toBeLessThan(3_600_000);
});

test('the command refuses a wrong folder, wrong variables and a running service, and names a remedy', async () => {
  const empty = temporaryFolder('moved');
  onTestFinished(() => empty.remove());
  const deployment = new Deployment();
  const missing = await startMove(empty.path, deployment.environment).ended;
  expect(missing.code).toBe(2);
  expect(missing.err).toMatch(/There is no data file .*user-activity\.db\. Pass the folder/);
  const unset = await startMove(empty.path, { MONGODB_URI: 'mongodb://127.0.0.1:1' }).ended;
  expect(unset.code).toBe(2);
  expect(unset.err).toContain('KAFKA_BROKERS must be set');

  const service = new ServiceProcess({ folder: empty.path });
  onTestFinished(async () => void (await service.end('SIGKILL')));
  await service.ready();
  const running = await startMove(empty.path, deployment.environment).ended;
  expect(running.code).toBe(1);
  expect(running.err).toMatch(/is in use|locked/);
});
