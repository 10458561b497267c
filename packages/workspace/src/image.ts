// Builds the content of the container image. Run `node packages/workspace/src/run.mjs node packages/workspace/src/image.ts FOLDER`.
// Writes the compiled apps, the packages that they import, and the production dependencies to FOLDER.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join, matchesGlob, resolve } from 'node:path';
import { members, root } from './layout.ts';

interface Manifest {
  readonly name: string;
  readonly packageManager?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
}

const apps: readonly string[] = ['apps/api', 'apps/cli', 'apps/consumer', 'apps/standalone'];
/** The files from which pnpm installs. */
const installFiles: readonly string[] = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'patches'];
/** Files that only pnpm reads. A vulnerability scanner would report all packages that they name as installed. */
const pnpmFiles: readonly string[] = [
  'pnpm-*.yaml',
  'patches',
  'node_modules/{.*.{json,yaml},.pnpm/lock.yaml}',
];

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

/** Returns the paths from the root of the apps, and of the packages of this workspace that the apps need. */
function neededFolders(): ReadonlySet<string> {
  const folderByName = new Map(members().map((folder) => [manifestOf(folder).name, folder]));
  const needed = new Set(apps);
  // The loop also visits the folders that it adds.
  for (const folder of needed)
    for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
      const dependency = folderByName.get(name);
      if (dependency !== undefined) needed.add(dependency);
    }
  return needed;
}

/** Copies the manifest and the compiled files of a package. Skips compiled files of an earlier build whose source is gone. */
function copyPackage(folder: string, target: string): void {
  const sources = globSync('**/*.ts', { cwd: join(root, folder, 'src') });
  const { files = ['dist'] } = manifestOf(folder);
  const isPacked = (file: string): boolean =>
    files.some((pattern) => file.startsWith(`${pattern}/`) || matchesGlob(file, pattern));
  const compiledFiles = sources
    .map((source) => join('dist', source.replace(/\.ts$/, '.js')))
    .filter((file) => isPacked(file));
  // Other folders of a package hold what another tool built.
  const folders = files.filter((name) => /^\w+$/.test(name) && name !== 'dist');
  for (const file of ['package.json', ...compiledFiles, ...folders])
    cpSync(join(root, folder, file), join(target, folder, file), { recursive: true });
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node image.ts FOLDER');
const target = resolve(folder);
if (existsSync(target)) throw new Error(`${target} exists: name a new folder.`);

const run = (tool: string, args: readonly string[], cwd: string): void => {
  execFileSync(tool, args, { cwd, stdio: 'inherit', env: { ...process.env, CI: 'true', NO_COLOR: '1' } });
};
run(join(root, 'node_modules', '.bin', 'tsc'), ['-b', ...apps], root);
for (const file of installFiles)
  if (existsSync(join(root, file))) cpSync(join(root, file), join(target, file), { recursive: true });
for (const neededFolder of neededFolders()) copyPackage(neededFolder, target);
const installOptions = [
  '--prod',
  '--package-import-method=copy',
  '--no-optional',
  '--ignore-scripts',
  '--frozen-lockfile',
  '--prefer-offline',
];
run('npx', ['--yes', manifestOf('.').packageManager ?? 'pnpm', 'install', ...installOptions], target);
for (const file of globSync(pnpmFiles, { cwd: target })) rmSync(join(target, file), { recursive: true });
// Make all files readable, so that any user can run the image.
run('chmod', ['-R', 'a+rX', target], root);
