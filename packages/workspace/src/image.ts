// `node packages/workspace/src/run.mjs node packages/workspace/src/image.ts FOLDER`: builds the apps of the image and puts into
// FOLDER what runs of them: their programs, the packages that these import, and the dependencies of production.
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
/** What pnpm is told by. */
const plans: readonly string[] = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'patches'];
/** Only pnpm reads these, and a scanner would take what they name for what is installed. */
const leftovers: readonly string[] = [
  'pnpm-*.yaml',
  'patches',
  'node_modules/{.*.{json,yaml},.pnpm/lock.yaml}',
];

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

/** The apps and what they depend on of this workspace, as paths from the root. */
function needed(): ReadonlySet<string> {
  const places = new Map(members().map((folder) => [manifestOf(folder).name, folder]));
  const found = new Set(apps);
  // What is added meanwhile is visited too.
  for (const folder of found)
    for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
      const place = places.get(name);
      if (place !== undefined) found.add(place);
    }
  return found;
}

/** Copies the manifest and the programs, but no program without its source: that one is left from an earlier build. */
function copyPackage(folder: string, target: string): void {
  const sources = globSync('**/*.ts', { cwd: join(root, folder, 'src') });
  const programs = sources.map((source) => join('dist', source.replace(/\.ts$/, '.js')));
  for (const file of ['package.json', ...programs])
    cpSync(join(root, folder, file), join(target, folder, file));
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node image.ts FOLDER');
const target = resolve(folder);
if (existsSync(target)) throw new Error(`${target} is there already: name a new folder.`);

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
// Any user may run the image, also if the checkout is readable by its owner alone.
run('chmod', ['-R', 'a+rX', target], root);
