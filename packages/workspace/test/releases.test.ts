import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { members, root } from '../src/layout.ts';
import { workflowFaults } from './workflow-faults.ts';

// No host may run the workflows here, so these tests check only what the files say.

const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const ci = '.github/workflows/ci.yml';
const release = '.github/workflows/release.yml';

interface Manifest {
  readonly version: string;
  readonly private?: boolean;
  readonly scripts: Readonly<Record<string, string>>;
}
const manifestOf = (folder: string): Manifest => JSON.parse(text(`${folder}/package.json`)) as Manifest;

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps?: readonly { readonly run?: string }[] }>>;
}
const commandsOf = (path: string): readonly string[] =>
  Object.values((parse(text(path)) as Workflow).jobs).flatMap(({ steps = [] }) =>
    steps.flatMap(({ run }) => run ?? []),
  );

describe('the workflows', () => {
  test.each([ci, release])("%s has no fault that GitHub's own parser finds", async (path) => {
    const faultsOf = await workflowFaults();
    expect(faultsOf(path, text(path))).toEqual([]);
    expect(faultsOf(path, text(path).replace('runs-on', 'run-on'))).not.toEqual([]);
    expect(faultsOf(path, text(path).replace('${{ github', '${{ gitlab'))).not.toEqual([]);
  });

  test('call scripts that exist: CI runs npm test, and a release packs what CI has tested', () => {
    expect(commandsOf(ci)).toEqual(['sudo apt-get update', 'npm test']);
    const { scripts } = manifestOf('.');
    const called = commandsOf(release).flatMap((run) => /npm run (\w+)/.exec(run)?.[1] ?? []);
    expect(called).toEqual(['pack']);
    for (const name of called) expect(scripts).toHaveProperty(name);
    expect(text(release)).toContain(`uses: ./${ci}`);
  });

  test('give jobs only the right to read by default, and a time limit each', () => {
    for (const path of [ci, release]) {
      const workflow = parse(text(path)) as Workflow & { readonly permissions: object };
      expect(workflow.permissions).toEqual({ contents: 'read' });
      const jobs = Object.values(workflow.jobs).filter(({ steps }) => steps !== undefined);
      expect(jobs.filter((job) => !Object.hasOwn(job, 'timeout-minutes'))).toEqual([]);
    }
  });
});

describe('the versions', () => {
  const { versioning } = parse(text('pnpm-workspace.yaml')) as {
    readonly versioning: {
      readonly fixed: readonly (readonly string[])[];
      readonly ignore: readonly string[];
    };
  };
  const [published = []] = versioning.fixed;

  test('are the same for all published packages', () => {
    expect(published).toEqual([
      'user-activity-log',
      '@user-activity/domain',
      '@user-activity/topic-contract',
      '@user-activity/client',
    ]);
    const manifests = published.map((name) =>
      manifestOf(name.startsWith('@') ? `packages/${name.split('/')[1]}` : `apps/${name}`),
    );
    expect(new Set(manifests.map(({ version }) => version)).size).toBe(1);
    expect(manifests.filter((manifest) => manifest.private === true)).toEqual([]);
  });

  test('are not raised for private packages: each is in the list versioning.ignore', () => {
    const privateMembers = members().filter((folder) => manifestOf(folder).private === true);
    expect(versioning.ignore.toSorted()).toEqual(privateMembers.map((folder) => `./${folder}`).toSorted());
  });

  test('the current one has a heading in the changelog, below the unreleased changes', () => {
    const headings = [...text('CHANGELOG.md').matchAll(/^## \[(.+?)\](?: - \d{4}-\d\d-\d\d)?$/gm)];
    const { version } = manifestOf('apps/user-activity-log');
    expect(headings.slice(0, 2).map(([, name]) => name)).toEqual(['Unreleased', version]);
  });
});
