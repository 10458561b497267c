// `node packages/workspace/src/run.mjs node packages/workspace/src/image.ts FOLDER`: builds the apps of the image, and puts into
// FOLDER their programs, the packages that these import, and the production dependencies.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { members, root } from './layout.ts';

interface Manifest {
  readonly name: string;
  readonly packageManager?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const apps: readonly string[] = ['apps/api', 'apps/cli', 'apps/consumer', 'apps/standalone'];
/** The files from which pnpm installs. */
const plans: readonly string[] = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'patches'];
/** Files that only pnpm reads. A scanner would report the packages that they name as installed. */
const leftovers: readonly string[] = [
  'pnpm-*.yaml',
  'patches',
  'node_modules/{.*.{json,yaml},.pnpm/lock.yaml}',
];

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

/** Returns the apps and the packages of this workspace that they depend on, as paths from the root. */
function needed(): ReadonlySet<string> {
  const places = new Map(members().map((folder) => [manifestOf(folder).name, folder]));
  const found = new Set(apps);
  // The loop also visits the folders that it adds.
  for (const folder of found)
    for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
      const place = places.get(name);
      if (place !== undefined) found.add(place);
    }
  return found;
}

/** Copies the manifest and the programs. A program without a source is left from an earlier build, and is not copied. */
function copyPackage(folder: string, target: string): void {
  const sources = globSync('**/*.ts', { cwd: join(root, folder, 'src') });
  const programs = sources.map((source) => join('dist', source.replace(/\.ts$/, '.js')));
  for (const file of ['package.json', ...programs])
    cpSync(join(root, folder, file), join(target, folder, file));
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node image.ts FOLDER');
const target = resolve(folder);
if (existsSync(target)) throw new Error(`${target} exists: name a new folder.`);

const run = (tool: string, args: readonly string[], cwd: string): void => {
  execFileSync(tool, args, { cwd, stdio: 'inherit', env: { ...process.env, CI: 'true', NO_COLOR: '1' } });
};
run(join(root, 'node_modules', '.bin', 'tsc'), ['-b', ...apps], root);
for (const file of plans)
  if (existsSync(join(root, file))) cpSync(join(root, file), join(target, file), { recursive: true });
for (const each of needed()) copyPackage(each, target);
const production = [
  '--prod',
  '--package-import-method=copy',
  '--no-optional',
  '--ignore-scripts',
  '--frozen-lockfile',
  '--prefer-offline',
];
run('npx', ['--yes', manifestOf('.').packageManager ?? 'pnpm', 'install', ...production], target);
for (const file of globSync(leftovers, { cwd: target })) rmSync(join(target, file), { recursive: true });
// Any user may run the image, even if only its owner can read the checkout.
run('chmod', ['-R', 'a+rX', target], root);
