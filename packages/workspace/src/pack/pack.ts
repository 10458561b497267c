// `npm run pack`: packs the packages that others install. Writes one tarball for each to dist-packages.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { root, toolFolder } from '../layout.ts';
import { bundle } from './bundle.ts';
import { publishedManifestOf } from './manifest.ts';
import { noticesOf } from './notices.ts';

/** The packages that other services import. */
const libraries: readonly string[] = ['packages/domain', 'packages/topic-contract', 'packages/client'];
const program = 'apps/user-activity-log';

/** Runs a tool, and returns what it writes to its standard output. */
const run = (tool: string, args: readonly string[], cwd: string): string =>
  execFileSync(tool, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
const tsc = join(toolFolder, 'tsc');

/** Compiles a whole library into `target/dist`. Makes no source maps, because the sources are not packed. */
function compile(folder: string, target: string): void {
  const options = ['--composite', 'false', '--declarationMap', 'false', '--sourceMap', 'false'];
  run(tsc, ['-p', folder, ...options, '--outDir', join(target, 'dist')], root);
}

/** Adds the package.json and the other files to a built package, and packs it. Returns the name of the tarball. */
function pack(folder: string, target: string): string {
  writeFileSync(
    join(target, 'package.json'),
    `${JSON.stringify(publishedManifestOf(folder), undefined, 2)}\n`,
  );
  cpSync(join(root, 'LICENSE'), join(target, 'LICENSE'));
  for (const path of ['README.md', 'bin', 'golden'])
    if (existsSync(join(root, folder, path)))
      cpSync(join(root, folder, path), join(target, path), { recursive: true });
  const options = ['--ignore-scripts', '--loglevel', 'error', '--pack-destination', tarballs];
  const tarball = run('npm', ['pack', ...options], target).trim();
  removeOtherVersions(tarball);
  return tarball;
}

/** Removes the tarballs of other versions, so that nobody publishes them. */
function removeOtherVersions(tarball: string): void {
  const name = tarball.replace(/-\d.*$/, '');
  for (const other of globSync(`${name}-[0-9]*.tgz`, { cwd: tarballs }))
    if (other !== tarball) rmSync(join(tarballs, other));
}

/** Copies the built dashboard, which the bundle finds beside `dist`. */
function copySite(target: string): void {
  const site = join(root, 'packages/dashboard/site');
  if (!existsSync(join(site, 'index.html')))
    throw new Error('The dashboard is not built. Use npm run pack, which builds it first.');
  cpSync(site, join(target, 'site'), { recursive: true, filter: (path) => basename(path) !== '.stamp' });
}

// Let all users read the files, because another user may run them, as in the image.
process.umask(0o022);
const [folder = 'dist-packages'] = process.argv.slice(2);
const tarballs = resolve(root, folder);
mkdirSync(tarballs, { recursive: true });
const packed: string[] = [];
const workFolder = mkdtempSync(join(tmpdir(), 'user-activity-pack-'));
try {
  // A library is compiled against the declarations of the libraries that it imports.
  run(tsc, ['-b', ...libraries], root);
  for (const library of libraries) {
    compile(library, join(workFolder, library));
    packed.push(pack(library, join(workFolder, library)));
  }
  const target = join(workFolder, program);
  const modules = await bundle(target);
  copySite(target);
  writeFileSync(join(target, 'THIRD-PARTY-NOTICES.md'), noticesOf(modules));
  packed.push(pack(program, target));
} finally {
  rmSync(workFolder, { recursive: true });
}
for (const tarball of packed.toSorted()) console.log(join(folder, tarball));
