import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of a package.json that are read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** Returns the names, versions and licences of the packages to which these modules belong. Their licences require these notices. */
export function noticesOf(modules: readonly string[]): string {
  const folders = modules.flatMap(
    (path) => /^.+\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? [],
  );
  const notices = [...new Set(folders)].map(noticeOf).toSorted();
  return `This program contains these packages. \`site/licenses.md\` lists the packages in its web page.\n\n${[...new Set(notices)].join('\n')}`;
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Manifest;
  if (license === undefined) throw new Error(`${name} names no licence, so it can't be shipped.`);
  const files = globSync('{LICEN[CS]E,COPYING,NOTICE}*', { cwd: folder }).toSorted();
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`## ${name} ${version}`, `Licence: ${license}`, ...texts, ''].join('\n\n');
}
