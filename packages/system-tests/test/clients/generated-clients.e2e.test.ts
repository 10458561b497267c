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

/** Starts a service, and returns the program in a language with the arguments to call that service. */
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

/** The program logs an activity and reads it, sends a batch of 26 with one bad item, and counts, pages and groups. */
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
// Without a cache the generator for Go takes a minute or two to compile.
const timeout = 600_000;

describe('a client generated from /openapi.json compiles and does a round trip', { timeout }, () => {
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
        'SKIPPED: the client in Go is not tested: install the version of Go in its go.mod.\n',
      );
      skip(
        'Go is missing in the version that it needs: packages/system-tests/test/clients/programs/go/go.mod.',
      );
    }
    expect(JSON.parse(await runInGo(await program('go')))).toEqual(roundTrip);
  });
});
