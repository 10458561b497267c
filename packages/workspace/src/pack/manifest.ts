import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { members, root } from '../layout.ts';

/** The parts of a package.json that are read here. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly repository?: { readonly type: string; readonly url: string };
  readonly homepage?: string;
  readonly bugs?: string;
}

/** Returns the package.json of a folder, named by its path from the root. */
const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

/**
 * Returns the package.json with which a package is published. It lacks the parts that only this workspace uses, and names the repository, as
 * the package.json of the root does.
 */
export function publishedManifestOf(folder: string): object {
  const {
    devDependencies: _tools,
    exports,
    dependencies,
    ...manifest
  } = {
    devDependencies: undefined,
    ...manifestOf(folder),
  };
  const { homepage, repository, bugs } = manifestOf('.');
  return {
    ...manifest,
    homepage,
    repository: { ...repository, directory: folder },
    bugs,
    publishConfig: { access: 'public', provenance: true },
    ...(exports !== undefined && { exports: withoutSources(exports) }),
    ...(dependencies !== undefined && { dependencies: withVersions(dependencies) }),
  };
}

/** Removes the condition `@user-activity/source`, by which this workspace imports the sources. */
function withoutSources(exports: Readonly<Record<string, unknown>>): object {
  const conditionsOf = ([path, target]: readonly [string, unknown]): readonly [string, unknown] => {
    if (typeof target !== 'object') return [path, target];
    const { '@user-activity/source': _source, ...published } = target as Readonly<Record<string, string>>;
    return [path, published];
  };
  return Object.fromEntries(Object.entries(exports).map(conditionsOf));
}

/** Replaces each range `workspace:^` with the version of that member of this workspace. */
function withVersions(dependencies: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const versions = new Map(
    members()
      .map(manifestOf)
      .map(({ name, version }) => [name, version]),
  );
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, range]) => {
      const version = versions.get(name);
      if (version === undefined || range !== 'workspace:^')
        throw new Error(
          `The dependency ${name} must be a member of this workspace, with the range workspace:^ instead of ${range}.`,
        );
      return [name, `^${version}`];
    }),
  );
}
