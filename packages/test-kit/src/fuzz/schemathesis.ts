import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { cachedFolder } from '../downloads/cache.ts';
import { pythonPackages } from '../downloads/python-packages.ts';

/** Options of a fuzzing run. */
export interface FuzzOptions {
  /** The URL of the service. Schemathesis reads the document at `/openapi.json` of this URL. */
  readonly url: string;
  /** The seed of the random values. The same seed makes the same requests, unless requests depend on earlier answers. */
  readonly seed: number;
  /** A folder with a `schemathesis.toml`. The program also writes its files there. */
  readonly folder: string;
  /** A folder with the Python modules that the configuration names. */
  readonly hooks: string;
  readonly arguments?: readonly string[];
}

/**
 * Runs Schemathesis (https://schemathesis.io). It makes valid and invalid requests from the OpenAPI document of the service, and checks the
 * answers. Resolves with its output, which has a curl command for each fault. Rejects with an error that says what to install if python3
 * is missing.
 */
export async function fuzz({
  url,
  seed,
  folder,
  hooks,
  arguments: extraArguments = [],
}: FuzzOptions): Promise<{
  readonly passed: boolean;
  readonly output: string;
}> {
  const options = [
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
    ['-m', 'schemathesis.cli', 'run', `${url}/openapi.json`, ...options, ...extraArguments],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        // Schemathesis prints boxes and check marks, which need UTF-8.
        PYTHONUTF8: '1',
        // Keeps the Unicode tables of Hypothesis, so that it computes them only once.
        HYPOTHESIS_STORAGE_DIRECTORY: cachedFolder('hypothesis', () => undefined),
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONPATH: `${pythonPackages('schemathesis')}:${hooks}`,
      },
    },
  );
  // If this process ends, the service ends, too. Then all requests of Schemathesis fail, so it ends by itself.
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { passed: child.exitCode === 0, output: out + err };
}
