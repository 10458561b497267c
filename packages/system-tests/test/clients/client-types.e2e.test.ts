import { join } from 'node:path';
import { checkInTypeScript, ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';

test('the types of the client match the OpenAPI document', async () => {
  const [folder, data] = [temporaryFolder('client-types'), temporaryFolder('client-types-data')];
  const service = new ServiceProcess({ folder: data.path });
  onTestFinished(async () => {
    await service.end('SIGKILL');
    for (const { remove } of [folder, data]) remove();
  });
  const answer = await fetch(`${await service.ready()}/openapi.json`);
  const program = {
    document: await answer.text(),
    source: join(import.meta.dirname, 'programs', 'client-types'),
    folder: folder.path,
    arguments: [],
  };
  const packages = join(import.meta.dirname, '..', '..', 'node_modules');
  expect(await checkInTypeScript(program, packages, 'types.ts')).toBeUndefined();
});
