import { availableParallelism } from 'node:os';
import { env } from 'node:process';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './packages/workspace/src/longest-first.ts';

// Tests use the sources of workspace packages, in modules that Vite transforms and in those that Node loads.
const conditions = ['@user-activity/source'];
const resolve = { conditions };
const ssr = {
  resolve: {
    conditions: [...conditions, 'node', 'import', 'module', 'default'],
    externalConditions: [...conditions, 'node'],
  },
};

/** The suffixes that name what a test costs. A file with `.test.ts` alone has pure tests. */
const suffixes = ['contract', 'int', 'e2e'];
/** The tests of these packages share one Kafka and one MongoDB. */
const onServers =
  '{packages/{adapter-kafka,adapter-mongodb,system-tests},apps/{api,consumer},docs/examples/alerts}';

/** The attacks and chaos have time limits, so no other test may run beside them. */
const timed = 'apps/{hostile/test/hostile,chaos/test/*}.e2e.test.ts';

/** The files of a group run at the same time, after those of the groups with a lower order. */
interface Group {
  readonly order: number;
  readonly maxWorkers: number;
}

// More files than processors, because many of them mostly wait. Each file has topics, groups and databases of its own, and starts the
// servers that it stops. CI has time, but its machine is shared: beside other files, a slow broker misses the time limits of the service.
const maxWorkers = env['CI'] === undefined ? Math.max(4, availableParallelism()) : 2;
const free: Group = { order: 0, maxWorkers };
const alone: Group = { order: 1, maxWorkers: 1 };

interface Cost {
  readonly name: string;
  readonly group: Group;
  readonly include: string;
  readonly exclude?: readonly string[];
  readonly globalSetup?: string;
  /** The time-out of a test in ms. Only a test that hangs should reach it: a slow machine is no failure. */
  readonly timeout: number;
}

const project = ({ name, group, include, exclude = [], globalSetup, timeout }: Cost) => ({
  resolve,
  ssr,
  test: {
    name,
    include: [include],
    exclude: ['**/node_modules/**', '**/test/fixtures/**', ...exclude],
    globalSetup: globalSetup ?? [],
    // Files share modules, because loading them takes longer than most files do. So no test may leave a module changed.
    isolate: false,
    restoreMocks: true,
    testTimeout: timeout,
    hookTimeout: timeout,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: group.maxWorkers,
    sequence: { groupOrder: group.order },
  },
});

const withoutServers = (suffix: string): Pick<Cost, 'include' | 'exclude'> => ({
  include: `{packages,apps,docs/examples}/*/test/**/*.${suffix}.test.ts`,
  exclude: [`${onServers}/**`, timed],
});
const globalSetup = 'packages/test-kit/src/servers/shared-servers.ts';

const costs: readonly Cost[] = [
  {
    name: 'unit',
    group: free,
    include: '{packages,apps,docs/examples}/*/test/**/*.test.ts',
    exclude: suffixes.map((suffix) => `**/*.${suffix}.test.ts`),
    timeout: 120_000,
  },
  { name: 'contract', group: free, ...withoutServers('contract'), timeout: 120_000 },
  { name: 'int', group: free, ...withoutServers('int'), timeout: 120_000 },
  { name: 'e2e', group: free, ...withoutServers('e2e'), timeout: 300_000 },
  {
    name: 'servers',
    group: free,
    include: `${onServers}/test/**/*.{${suffixes.join()}}.test.ts`,
    globalSetup,
    timeout: 300_000,
  },
  { name: 'timed', group: alone, include: timed, globalSetup, timeout: 300_000 },
];

export default defineConfig({
  test: { projects: costs.map(project), sequence: { sequencer: LongestFirst } },
});
