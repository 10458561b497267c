import { ServiceProcess, temporaryFolder } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';
import { Deployment } from '../deployment/deployment.ts';
import { walkLogsWhileOthersWrite } from './walk-logs.ts';

function embedded(): ServiceProcess {
  const folder = temporaryFolder('pages');
  const service = new ServiceProcess({ folder: folder.path });
  onTestFinished(async () => {
    await service.end('SIGKILL');
    folder.remove();
  });
  return service;
}

test.each<[string, () => ServiceProcess]>([
  ['the embedded default', embedded],
  ['Kafka and MongoDB', () => new Deployment().start('standalone')],
])('a walk over pages shows each earlier activity once while others write, on %s', async (_kind, start) => {
  for (const walked of await walkLogsWhileOthersWrite(await start().ready())) {
    const { name, expected, seen, others, repeated } = walked;
    expect({ name, seen, repeated }).toEqual({ name, seen: expected, repeated: [] });
    expect(others).toBeGreaterThan(0);
  }
});
