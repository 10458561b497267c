import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { pythonPackages } from '../downloads/python-packages.ts';

/** How a service is fuzzed. */
export interface Fuzzing {
  /** Where it serves; its `/openapi.json` says what is asked. */
  readonly url: string;
  /** Of all that is random: the same gives the same requests, as far as these do not depend on answers. */
  readonly seed: number;
  /** A folder with a `schemathesis.toml`, and with what else the program is to write. */
  readonly folder: string;
  /** A folder with the modules in Python that the configuration names. */
  readonly hooks: string;
  readonly arguments?: readonly string[];
}

/**
 * Has Schemathesis (https://schemathesis.io) ask the service by its own description, well and badly, and judge the answers. Gives
 * what it wrote, with a curl line for each fault. Rejects, where python3 is missing, with what to install.
 */
export async function fuzz({ url, seed, folder, hooks, arguments: more = [] }: Fuzzing): Promise<{
  readonly passed: boolean;
  readonly output: string;
}> {
  const fixed = [
    '--seed',
    String(seed),
    '--no-color',
    '--generation-database',
    'none',
    '--output-sanitize',
    'false',
  ];
  const child = spawn(
    'python3',
    ['-m', 'schemathesis.cli', 'run', `${url}/openapi.json`, ...fixed, ...more],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        // It draws boxes and check marks.
        PYTHONUTF8: '1',
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONPATH: `${pythonPackages('schemathesis')}:${hooks}`,
      },
    },
  );
  // Its requests fail when the service is gone, which goes with us: it needs no guard.
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { passed: child.exitCode === 0, output: out + err };
}
