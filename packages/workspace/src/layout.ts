import { existsSync, globSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The root folder of the repository. */
export const root: string = join(import.meta.dirname, '..', '..', '..');

/** The folders whose subfolders are the members of the workspace. */
export const groups: readonly string[] = ['packages', 'apps', 'docs/examples'];

const folders = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['node_modules', 'dist'].includes(entry.name))
    .map((entry) => `${path}/${entry.name}`);

/** Returns every package, app and example as a path from the root: `packages/domain`. */
export const members = (): string[] =>
  groups.flatMap(folders).filter((folder) => existsSync(join(root, folder, 'package.json')));

/**
 * Returns the folders with a tsconfig.json: a member itself for its src, and each other folder of it that holds TypeScript.
 * Throws if one has no tsconfig.json, as nothing would check its types.
 */
export const typeScriptProjects = (): string[] =>
  members()
    .flatMap(folders)
    .flatMap((folder) => {
      const project = folder.replace(/\/src$/, '');
      if (existsSync(join(root, project, 'tsconfig.json'))) return project;
      if (globSync('**/*.ts', { cwd: join(root, folder) }).length > 0)
        throw new Error(`${folder} holds TypeScript and has no tsconfig.json`);
      return [];
    });
