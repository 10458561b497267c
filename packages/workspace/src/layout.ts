import { existsSync, globSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the repository. */
export const root: string = join(import.meta.dirname, '..', '..', '..');

/** The folders of which each folder is a member of the workspace. */
export const groups: readonly string[] = ['packages', 'apps', 'docs/examples'];

const folders = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['node_modules', 'dist'].includes(entry.name))
    .map((entry) => `${path}/${entry.name}`);

/** Every package, app and example, as a path from the root: `packages/domain`. */
export const members = (): string[] =>
  groups.flatMap(folders).filter((folder) => existsSync(join(root, folder, 'package.json')));

/**
 * Every tsconfig.json of the members: one for src, in the member itself, and one in each other folder of it that
 * holds TypeScript. Throws where one is missing, as nothing would check the types there.
 */
export const typeScriptProjects = (): string[] =>
  members()
    .flatMap((member) => [member, ...folders(member).filter((folder) => folder !== `${member}/src`)])
    .filter((folder) => {
      const known = existsSync(join(root, folder, 'tsconfig.json'));
      if (!known && globSync('**/*.ts', { cwd: join(root, folder) }).length > 0)
        throw new Error(`${folder} holds TypeScript and has no tsconfig.json`);
      return known;
    });
