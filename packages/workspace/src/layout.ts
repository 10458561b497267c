import { existsSync, globSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The root folder of the repository. */
export const root: string = join(import.meta.dirname, '..', '..', '..');

/** The folder of the programs that check and build the code. */
export const toolFolder: string = join(import.meta.dirname, '..', 'node_modules', '.bin');

/** The folders whose subfolders are the members of the workspace. */
export const memberGroups: readonly string[] = ['packages', 'apps', 'docs/examples'];

const subfoldersOf = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['node_modules', 'dist', 'site'].includes(entry.name))
    .map((entry) => `${path}/${entry.name}`);

/** Returns every package, app and example as a path from the root: `packages/domain`. */
export const members = (): string[] =>
  memberGroups.flatMap(subfoldersOf).filter((folder) => existsSync(join(root, folder, 'package.json')));

/**
 * Returns the folders with a tsconfig.json. The tsconfig.json for `src` is in the folder of the member; any other subfolder has its own.
 * Throws if a subfolder has TypeScript but no tsconfig.json, because nothing would check its types.
 */
export const typeScriptProjects = (): string[] =>
  members()
    .flatMap(subfoldersOf)
    .flatMap((folder) => {
      const project = folder.replace(/\/src$/, '');
      if (existsSync(join(root, project, 'tsconfig.json'))) return project;
      if (globSync('**/*.{ts,tsx}', { cwd: join(root, folder) }).length > 0)
        throw new Error(`${folder} contains TypeScript, but has no tsconfig.json`);
      return [];
    });
