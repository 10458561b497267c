import { execFile, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { pythonPackages } from '../downloads/python-packages.ts';

/** A program whose API client is generated from an OpenAPI document. */
export interface ClientProgram {
  /** The OpenAPI document, as the service returns it. */
  readonly document: string;
  /** The folder that holds the program. */
  readonly source: string;
  /** An empty folder in which to generate, compile and run the program. */
  readonly folder: string;
  readonly arguments: readonly string[];
}

const root = join(import.meta.dirname, '..', '..', '..', '..');
const execute = promisify(execFile);

/** Runs a program to its end, and resolves with its standard output. Rejects with the output if the program fails. */
async function outputOf(
  file: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    return (await execute(file, args, { maxBuffer: 2 ** 25, ...options })).stdout;
  } catch (error) {
    // tsc writes its errors to the standard output, which the message of the error omits.
    const output: unknown = error instanceof Error ? Reflect.get(error, 'stdout') : undefined;
    throw new Error(`${file} ${args.join(' ')} failed: ${String(output)}`, { cause: error });
  }
}

function copyFiles({ document, source, folder }: ClientProgram): void {
  cpSync(source, folder, { recursive: true });
  writeFileSync(join(folder, 'openapi.json'), document);
}

/**
 * Generates types with openapi-typescript, checks `round-trip.ts` with tsc, runs it, and resolves with what it prints. `packages` is the
 * node_modules folder with the packages that it imports.
 */
export async function runInTypeScript(program: ClientProgram, packages: string): Promise<string> {
  await checkInTypeScript(program, packages, 'round-trip.ts');
  const env = { PATH: process.env['PATH'] };
  return outputOf(process.execPath, ['round-trip.ts', ...program.arguments], { cwd: program.folder, env });
}

/**
 * Generates types with openapi-typescript, and checks a file of the program with tsc, with only the types of browsers. Rejects with the
 * errors. Packages of this workspace are checked as sources.
 */
export async function checkInTypeScript(
  program: ClientProgram,
  packages: string,
  file: string,
): Promise<void> {
  const { folder, document } = program;
  copyFiles(program);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(packages, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'schema.d.ts'), astToString(await openapiTS(document)));
  const strictOptions = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
  const fileOptions = ['--noEmit', '--allowImportingTsExtensions', '--types', ''];
  const targetOptions = ['--module', 'nodenext', '--target', 'esnext', '--lib', 'esnext,dom'];
  const sourceOptions = ['--customConditions', '@user-activity/source'];
  const tsc = join(root, 'packages', 'workspace', 'node_modules', '.bin', 'tsc');
  const options = [...strictOptions, ...fileOptions, ...targetOptions, ...sourceOptions];
  await outputOf(tsc, [...options, file], { cwd: folder });
}

/** Generates the package `activity_log` with openapi-python-client, runs `round_trip.py`, and resolves with what it prints. */
export async function runInPython(program: ClientProgram): Promise<string> {
  const { folder } = program;
  copyFiles(program);
  // The generator's formatter is not installed.
  writeFileSync(join(folder, 'config.yml'), 'package_name_override: activity_log\npost_hooks: []\n');
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    PYTHONUTF8: '1',
    PYTHONPATH: [pythonPackages('openapi-python-client'), folder].join(delimiter),
  };
  const paths = ['--path', 'openapi.json', '--output-path', 'activity_log', '--config', 'config.yml'];
  const generate = ['-m', 'openapi_python_client', 'generate', '--meta', 'none', ...paths];
  await outputOf('python3', generate, { cwd: folder, env });
  await outputOf('python3', ['-m', 'compileall', '-q', 'activity_log'], { cwd: folder, env });
  return outputOf('python3', ['round_trip.py', ...program.arguments], { cwd: folder, env });
}

/** Returns true if the installed version of Go is at least the version in the `go.mod` of the program. */
export function canRunInGo(source: string): boolean {
  const goVersion = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (goVersion.error !== undefined || goVersion.status !== 0) return false;
  const [, installedMinor = '0'] = /^go1\.(\d+)/.exec(goVersion.stdout) ?? [];
  const [, neededMinor = ''] = /^go 1\.(\d+)/m.exec(readFileSync(join(source, 'go.mod'), 'utf8')) ?? [];
  return Number(installedMinor) >= Number(neededMinor);
}

/** Generates `api.go` with oapi-codegen, compiles it with `main.go`, runs the program, and resolves with what it prints. */
export async function runInGo(program: ClientProgram): Promise<string> {
  const { folder } = program;
  copyFiles(program);
  const env = { ...process.env, GOFLAGS: '-mod=readonly' };
  const generateOptions = ['-generate', 'types,client', '-package', 'main'];
  const generate = ['tool', 'oapi-codegen', ...generateOptions, '-o', 'api.go', 'openapi.json'];
  await outputOf('go', generate, { cwd: folder, env });
  await outputOf('go', ['build', '-o', 'round-trip', '.'], { cwd: folder, env });
  return outputOf(join(folder, 'round-trip'), program.arguments, { cwd: folder, env });
}
