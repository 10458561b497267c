import { join } from 'node:path';
import {
  canRunInGo,
  type ClientProgram,
  runInGo,
  runInPython,
  runInTypeScript,
  ServiceProcess,
  temporaryFolder,
} from '@user-activity/test-kit';
import { describe, expect, onTestFinished, test } from 'vitest';

const key = 'clients-key';
const clients = join(import.meta.dirname, 'programs');
const goSource = join(clients, 'go');

/** A service of its own, and the program of that language, which asks it. */
async function program(language: string): Promise<ClientProgram> {
  const folder = temporaryFolder(`client-${language}`);
  const data = temporaryFolder('clients');
  const service = new ServiceProcess({ folder: data.path, environment: { API_KEYS: key } });
  onTestFinished(async () => {
    await service.end('SIGKILL');
    for (const { remove } of [folder, data]) remove();
  });
  const url = await service.ready();
  const answer = await fetch(`${url}/openapi.json`, { headers: { 'x-api-key': key } });
  const source = join(clients, language);
  return { document: await answer.text(), source, folder: folder.path, arguments: [url, key] };
}

/** One is logged and read back, 26 are sent in a batch of which one is bad, and they are counted, paged and grouped. */
const roundTrip = {
  logged: [201, 'stored'],
  read: ['ada', 'LOGIN', { device: { os: 'ios' } }],
  batch: [25, [[3, '/userId']]],
  count: 26,
  byMetadata: 1,
  pages: [10, 10, 6],
  distinct: 26,
  stats: [
    ['LOGOUT', 25],
    ['LOGIN', 1],
  ],
  refused: [422, '/userId'],
};
// Cold, the generator in Go takes a minute or two to compile.
const timeout = 600_000;

describe('a client that is generated of /openapi.json compiles and does a round trip', { timeout }, () => {
  test('in TypeScript, by openapi-typescript', async () => {
    const packages = join(import.meta.dirname, '..', '..', 'node_modules');
    expect(JSON.parse(await runInTypeScript(await program('typescript'), packages))).toEqual(roundTrip);
  });

  test('in Python, by openapi-python-client', async () => {
    expect(JSON.parse(await runInPython(await program('python')))).toEqual(roundTrip);
  });

  test('in Go, by oapi-codegen', async ({ skip }) => {
    if (!canRunInGo(goSource)) {
      process.stdout.write(
        'SKIPPED: the client in Go is not tested, as there is no Go of the version in its go.mod.\n',
      );
      skip('There is no Go of the version in packages/system-tests/test/clients/programs/go/go.mod.');
    }
    expect(JSON.parse(await runInGo(await program('go')))).toEqual(roundTrip);
  });
});
