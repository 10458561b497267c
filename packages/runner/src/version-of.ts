import { readFileSync } from 'node:fs';
import { parseJson } from '@user-activity/domain';

/** Returns the version in a package.json. */
export function versionOf(manifest: URL): string {
  const content = parseJson(readFileSync(manifest, 'utf8'));
  const version: unknown = content instanceof Object ? Reflect.get(content, 'version') : undefined;
  if (typeof version === 'string') return version;
  throw new Error(`${manifest.href} has no version.`);
}
