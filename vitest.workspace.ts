import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

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

/** The tools in these tests have time limits, so no other test may run beside them. */
const timed = 'apps/{hostile/test/*.{int,e2e},chaos/test/chaos.e2e}.test.ts';

/** The tests of a group run at the same time, after those of the groups with a lower order. */
interface Group {
  readonly order: number;
  readonly maxWorkers: number;
}

const processors = Math.max(2, availableParallelism() - 1);
const pure: Group = { order: 0, maxWorkers: processors };
const local: Group = { order: 1, maxWorkers: processors };
// These mostly wait. Each file has topics, groups and databases of its own, and starts the servers that it stops.
const waiting: Group = { order: 2, maxWorkers: 3 };
const alone: Group = { order: 3, maxWorkers: 1 };

interface Cost {
  readonly name: string;
  readonly group: Group;
  readonly include: string;
  readonly exclude?: readonly string[];
  readonly globalSetup?: string;
  /** Whether each file gets modules of its own. Default: true. Pure tests share them: they change no module. */
  readonly isolate?: boolean;
  /** The time-out of a test in ms. Only a test that hangs should reach it: a slow machine is no failure. */
  readonly timeout: number;
}

const project = ({ name, group, include, exclude = [], globalSetup, isolate = true, timeout }: Cost) => ({
  resolve,
  ssr,
  test: {
    name,
    include: [include],
    exclude: ['**/node_modules/**', '**/test/fixtures/**', ...exclude],
    globalSetup: globalSetup ?? [],
    isolate,
    testTimeout: timeout,
    hookTimeout: timeout,
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
    group: pure,
    include: '{packages,apps,docs/examples}/*/test/**/*.test.ts',
    exclude: suffixes.map((suffix) => `**/*.${suffix}.test.ts`),
    isolate: false,
    timeout: 120_000,
  },
  { name: 'contract', group: local, ...withoutServers('contract'), timeout: 120_000 },
  { name: 'int', group: local, ...withoutServers('int'), timeout: 120_000 },
  { name: 'e2e', group: waiting, ...withoutServers('e2e'), timeout: 300_000 },
  {
    name: 'servers',
    group: waiting,
    include: `${onServers}/test/**/*.{${suffixes.join()}}.test.ts`,
    globalSetup,
    timeout: 300_000,
  },
  { name: 'timed', group: alone, include: timed, globalSetup, timeout: 300_000 },
];

export default defineConfig({ test: { projects: costs.map(project) } });
