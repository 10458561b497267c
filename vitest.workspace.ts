import { defineConfig } from 'vitest/config';

// Workspace packages are tested from their sources, in Vite's graph and in what Node loads itself.
const conditions = ['@user-activity/source'];
const resolve = { conditions };
const ssr = {
  resolve: {
    conditions: [...conditions, 'node', 'import', 'module', 'default'],
    externalConditions: [...conditions, 'node'],
  },
};

/** What a test costs, by the suffix of its file; `.test.ts` alone is a pure one. */
const suffixes = ['contract', 'int', 'e2e'];
/** The tests of these run against Kafka and MongoDB, which all of them share. */
const onServers =
  '{packages/{adapter-kafka,adapter-mongodb,system-tests},apps/{api,consumer,hostile},docs/examples/alerts}';

interface Cost {
  readonly name: string;
  readonly include: string;
  readonly exclude?: readonly string[];
  readonly globalSetup?: string;
  /** Far more than a test needs: a slow machine is no failure. Only a test that hangs should meet it. */
  readonly timeout: number;
}

const project = ({ name, include, exclude = [], globalSetup, timeout }: Cost, order: number) => ({
  resolve,
  ssr,
  test: {
    name,
    include: [include],
    exclude: ['**/node_modules/**', '**/test/fixtures/**', ...exclude],
    globalSetup: globalSetup ?? [],
    testTimeout: timeout,
    hookTimeout: timeout,
    maxWorkers: 3,
    // The cheap ones first, and none of them beside services under load.
    sequence: { groupOrder: order },
  },
});

const alone = (suffix: string): Pick<Cost, 'include' | 'exclude'> => ({
  include: `{packages,apps,docs/examples}/*/test/**/*.${suffix}.test.ts`,
  exclude: [`${onServers}/**`],
});

const costs: readonly Cost[] = [
  {
    name: 'unit',
    include: '{packages,apps,docs/examples}/*/test/**/*.test.ts',
    exclude: suffixes.map((suffix) => `**/*.${suffix}.test.ts`),
    timeout: 30_000,
  },
  { name: 'contract', ...alone('contract'), timeout: 60_000 },
  { name: 'int', ...alone('int'), timeout: 60_000 },
  { name: 'e2e', ...alone('e2e'), timeout: 180_000 },
  {
    name: 'servers',
    include: `${onServers}/test/**/*.{${suffixes.join()}}.test.ts`,
    globalSetup: 'packages/test-kit/src/servers/shared-servers.ts',
    timeout: 180_000,
  },
];

export default defineConfig({ test: { projects: costs.map(project) } });
