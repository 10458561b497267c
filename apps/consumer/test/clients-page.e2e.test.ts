import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceProcess, temporaryFolder } from '@user-activity/test-servers';
import { expect, onTestFinished, test } from 'vitest';
import { Deployment } from './deployment.ts';
import { runPage } from './run-page.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'clients.md'), 'utf8');

function emptyFolder(): string {
  const folder = temporaryFolder('page');
  onTestFinished(() => folder.remove());
  return folder.path;
}

test('what docs/clients.md says is so on the embedded default', async () => {
  const folder = emptyFolder();
  const service = new ServiceProcess({ folder: join(folder, 'data') });
  onTestFinished(async () => {
    await service.end('SIGKILL');
  });
  expect(await runPage(page, { url: await service.ready(), folder })).toBeGreaterThan(8);
});

test('and on Kafka and MongoDB', async () => {
  const deployment = new Deployment();
  const [api, consumer] = [deployment.start('api'), deployment.start('consumer')];
  const [url] = await Promise.all([api.ready(), consumer.ready()]);
  expect(await runPage(page, { url, folder: emptyFolder() })).toBeGreaterThan(8);
});
