import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';
import { Deployment } from '../deployment/deployment.ts';
import { executedPages } from './executed-pages.ts';
import { runPage } from './run-page.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const text = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Returns a folder with nothing but the client, which programs of the pages import. */
function newFolder(): string {
  const { path, remove } = temporaryFolder('page');
  onTestFinished(remove);
  const scope = join(path, 'node_modules', '@user-activity');
  mkdirSync(scope, { recursive: true });
  symlinkSync(join(root, 'packages', 'client'), join(scope, 'client'));
  return path;
}
// The client is not built.
const environment = { NODE_OPTIONS: '--conditions=@user-activity/source' };

test.each(executedPages)(
  'the commands of %s work as shown on the embedded default',
  async (page, commands) => {
    const folder = newFolder();
    const service = new ServiceProcess({ folder: join(folder, 'data') });
    onTestFinished(async () => {
      await service.end('SIGKILL');
    });
    const url = await service.ready();
    expect(await runPage(text(page), { url, folder, environment })).toBeGreaterThanOrEqual(commands);
  },
);

test('the commands of all pages work as shown on Kafka and MongoDB', async () => {
  const deployment = new Deployment();
  const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
  const [url] = await Promise.all([api.ready(), consumer.ready()]);
  for (const [page, commands] of executedPages)
    expect(await runPage(text(page), { url, folder: newFolder(), environment })).toBeGreaterThanOrEqual(
      commands,
    );
});
