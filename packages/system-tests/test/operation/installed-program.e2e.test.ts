import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { browserFor, stepTimeoutMs } from '@user-activity/test-kit/browser';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Deployment, post, until } from '../deployment/deployment.ts';

// The program as it is published: one bundle, in which KafkaJS and the driver of MongoDB are not found by their names.

const root = join(import.meta.dirname, '..', '..', '..', '..');
const folder = temporaryFolder('installed');
const browser = browserFor();
const main = join(folder.path, 'node_modules/user-activity-log/bin/user-activity-log.cjs');

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'packages/workspace/src/pack/pack.ts'), folder.path]);
  const [tarball = 'no tarball'] = globSync('user-activity-log-[0-9]*.tgz', { cwd: folder.path });
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder.path, tarball)], {
    cwd: folder.path,
    stdio: 'pipe',
  });
});
afterAll(() => folder.remove());

test('the API and the consumer of the installed program log, store and find on Kafka and MongoDB', async () => {
  const deployment = new Deployment();
  const [api, consumer] = (['api', 'consumer'] as const).map((app) => deployment.run(main, [app]));
  if (api === undefined || consumer === undefined) throw new Error('nothing was started');
  const [url] = await Promise.all([api.ready(), consumer.ready()]);

  const logged = await post(url, { userId: 'ann', type: 'LOGIN', id: 'first' });
  expect(logged.status).toBe(202);
  await until(async () => (await fetch(`${url}/api/logs/first`)).status === 200);
  const { data } = (await (await fetch(`${url}/api/logs?userId=ann`)).json()) as { data: object[] };
  expect(data).toEqual([expect.objectContaining({ id: 'first', type: 'LOGIN' })]);

  for (const service of [api, consumer]) {
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output).not.toMatch(/warning/i);
  }
});

test('a newcomer runs it, opens the address, sends the activity that the page shows, and sees it there', async () => {
  const service = new ServiceProcess({ main, folder: join(folder.path, 'data') });
  onTestFinished(async () => {
    await service.end('SIGKILL');
  });
  const context = await browser().newContext();
  onTestFinished(() => context.close());
  context.setDefaultTimeout(stepTimeoutMs);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.goto(await service.ready());
  const command = (await page.locator('#snippet').textContent()) ?? '';
  expect(execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: 'pipe' })).toContain('202');
  await page.locator('.activity-row').waitFor();
  expect(faults).toEqual([]);
});
