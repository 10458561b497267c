// Copies what an image holds: the manifests of the workspace and what was built, without sources and tests.
import { cpSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('Usage: node image.mjs FOLDER');

const manifests = [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  '{packages,apps,docs/examples}/*/package.json',
];
for (const path of globSync([...manifests, '{packages,apps}/*/dist'], { cwd: root }))
  cpSync(join(root, path), join(target, path), { recursive: true });
