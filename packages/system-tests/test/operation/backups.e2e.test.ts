import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { inDatabase, ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { mongodbUri } from '@user-activity/test-kit/shared';
import { describe, expect, test } from 'vitest';
import { allStored, Deployment, Load, post, until } from '../deployment/deployment.ts';

const page = readFileSync(new URL('../../../../docs/operate/backup.md', import.meta.url), 'utf8');
/** The documented commands of a section. Commands in a list are indented. */
function commandsOf(section: string): readonly string[] {
  const [, text = ''] = new RegExp(`^## ${section}\n(.*?)^## `, 'ms').exec(page) ?? [];
  return [...text.matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([, commands = '']) => commands);
}

const erasedUser = 'erased';

/** Logs activities of the user who is erased later, and returns when they are stored. */
async function logErasedUser(url: string): Promise<void> {
  for (let logged = 0; logged < 10; logged += 1)
    expect((await post(url, { userId: erasedUser, type: 'VIEW' }, { prefer: 'wait=30' })).status).toBe(201);
}

async function count(url: string, query = ''): Promise<number> {
  const response = await fetch(`${url}/api/logs/count?${query}`);
  return ((await response.json()) as { count: number }).count;
}

async function eraseUser(url: string): Promise<void> {
  const response = await fetch(`${url}/api/users/${erasedUser}/logs`, { method: 'DELETE' });
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as { id: string };
  await until(async () => {
    const erasure = await fetch(`${url}/api/erasures/${id}`);
    return ((await erasure.json()) as { status: string }).status === 'done';
  });
}

/** Waits until the load has this number of accepted activities. */
const untilAccepted = (load: Load, total: number): Promise<void> =>
  until(async () => load.accepted.length >= total);

describe.concurrent('a backup by the documented commands, made while clients log', () => {
  test('of the embedded file has every activity stored before it, and its restore brings back no erased user', async ({
    onTestFinished,
  }) => {
    const { path, remove } = temporaryFolder('backups');
    const folder = join(path, 'data');
    const start = (): ServiceProcess => {
      const started = new ServiceProcess({ folder });
      onTestFinished(async () => {
        await started.end('SIGKILL');
      });
      return started;
    };
    const [copy = '', restore = ''] = commandsOf('The embedded file');
    // The Node.js of this process is new enough.
    const PATH = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`;
    const run = (commands: string) =>
      execFileSync('bash', ['-euo', 'pipefail', '-c', commands], {
        cwd: path,
        env: { PATH },
        stdio: 'ignore',
      });

    const service = start();
    onTestFinished(remove);
    const url = await service.ready();
    await logErasedUser(url);
    const load = new Load(url);
    await untilAccepted(load, 200);
    await until(async () => (await count(url, 'type=VIEW')) >= 200);
    const before = [...load.accepted];
    run(copy);
    await untilAccepted(load, before.length + 200);
    await load.stop();
    await eraseUser(url);
    expect(await service.end('SIGTERM')).toBe(0);

    run(restore);
    const restoredUrl = await start().ready();
    await until(async () => (await count(restoredUrl, `userId=${erasedUser}`)) === 0);
    for (const id of before) {
      const response = await fetch(`${restoredUrl}/api/logs/${id}`);
      expect([id, response.status]).toEqual([id, 200]);
    }
    // The restored file is older: it does not have the latest activity.
    expect((await fetch(`${restoredUrl}/api/logs/${load.accepted.at(-1)}`)).status).toBe(404);
  });

  test('of MongoDB catches up with the topic after its restore: each accepted activity is stored once, and no erased user returns', async ({
    onTestFinished,
  }) => {
    const deployment = new Deployment({ onFinished: onTestFinished });
    const { database } = deployment;
    const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
    const [url] = await Promise.all([api.ready(), consumer.ready()]);
    await logErasedUser(url);
    const load = new Load(url);
    await untilAccepted(load, 200);
    const dumped = await dump(database);
    await untilAccepted(load, load.accepted.length + 500);
    await eraseUser(url);
    await load.stop();
    for (const service of [api, consumer]) expect(await service.end('SIGTERM')).toBe(0);

    // As mongorestore does after a drop.
    await inDatabase(mongodbUri(), database, async (db) => {
      await db.dropDatabase();
      for (const { name, documents } of dumped)
        if (documents.length > 0) await db.collection(name).insertMany(documents);
    });
    const restored = [deployment.start('api'), deployment.start('consumer')];
    const [restoredUrl = ''] = await Promise.all(restored.map((service) => service.ready()));
    await until(async () => (await count(restoredUrl, `userId=${erasedUser}`)) === 0);
    await allStored(restoredUrl, load);
  });
});

/** Reads all collections of a database, in the order of the documented commands of mongodump. */
async function dump(database: string) {
  const [commands = ''] = commandsOf('MongoDB');
  const [, first = ''] = /for collection in (.*); do/.exec(commands) ?? [];
  const inOrder = first.split(' ');
  expect(inOrder).toEqual(['settled', 'erasures', 'user_erasures']);
  // The remaining documents come in one command.
  for (const name of inOrder) expect(commands).toContain(`--excludeCollection ${name}`);
  return inDatabase(mongodbUri(), database, async (db) => {
    const collections = await db.listCollections({ type: 'collection' }).toArray();
    const others = collections.map(({ name }) => name).filter((name) => !inOrder.includes(name));
    const dumped = [];
    for (const name of [...inOrder, ...others])
      dumped.push({ name, documents: await db.collection(name).find().toArray() });
    return dumped;
  });
}
