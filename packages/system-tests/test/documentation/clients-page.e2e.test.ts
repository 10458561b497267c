import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';
import { Deployment } from '../deployment/deployment.ts';
import { runPage } from './run-page.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
/** The pages with their minimum numbers of commands, as a command that is no longer found would pass. */
const pages: readonly [page: string, commands: number][] = [
  ['README.md', 3],
  ['docs/clients.md', 30],
  ['docs/access.md', 14],
];
const text = (page: string): string => readFileSync(join(root, page), 'utf8');

function emptyFolder(): string {
  const folder = temporaryFolder('page');
  onTestFinished(() => folder.remove());
  return folder.path;
}

test.each(pages)('the commands of %s work as shown on the embedded default', async (page, commands) => {
  const folder = emptyFolder();
  const service = new ServiceProcess({ folder: join(folder, 'data') });
  onTestFinished(async () => {
    await service.end('SIGKILL');
  });
  const url = await service.ready();
  expect(await runPage(text(page), { url, folder })).toBeGreaterThanOrEqual(commands);
});

test('the commands of all pages work as shown on Kafka and MongoDB', async () => {
  const deployment = new Deployment();
  const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
  const [url] = await Promise.all([api.ready(), consumer.ready()]);
  for (const [page, commands] of pages)
    expect(await runPage(text(page), { url, folder: emptyFolder() })).toBeGreaterThanOrEqual(commands);
});
