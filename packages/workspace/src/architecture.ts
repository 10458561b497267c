import type { ICruiseOptions, IRegularForbiddenRuleType } from 'dependency-cruiser';
import { type Arrows, arrows } from './arrows.ts';
import { type Room, rooms } from './rooms.ts';

/** A rule of the architecture: which modules may not import which, and why. */
export interface Rule extends IRegularForbiddenRuleType {
  readonly name: string;
  readonly comment: string;
}

/** Packages that serve tests: the contracts of the ports, adapters in memory, and real servers. */
const testKits = ['port-contracts', 'adapter-memory', 'test-kit'];

interface Framework {
  readonly rule: string;
  /** The names of modules, as regular expressions. */
  readonly modules: readonly string[];
  /** The only places that may import them. */
  readonly places: readonly string[];
  readonly reason: string;
}

const frameworks: readonly Framework[] = [
  {
    rule: 'fastify-in-adapter-http',
    modules: ['fastify', 'fastify-plugin', '@fastify/[^/]+'],
    places: ['^packages/adapter-http/'],
    reason: 'HTTP is one adapter; it returns a server that is ready to listen',
  },
  {
    rule: 'typebox-in-adapter-http-and-config',
    modules: ['@sinclair/typebox', 'typebox'],
    places: [
      '^packages/adapter-http/',
      '^apps/[^/]+/src/config\\.ts$',
      '^packages/runner/src/configuration/',
      '^packages/engines/',
    ],
    reason: 'schemas describe what comes from outside: requests and configuration',
  },
  {
    rule: 'kafkajs-in-adapter-kafka',
    modules: ['kafkajs', 'kafkajs-[^/]+'],
    places: ['^packages/adapter-kafka/', '^packages/test-kit/'],
    reason: 'the log can be another one',
  },
  {
    rule: 'mongodb-in-adapter-mongodb',
    modules: ['mongodb', 'bson'],
    places: ['^packages/adapter-mongodb/', '^packages/test-kit/'],
    reason: 'the store can be another one',
  },
  {
    rule: 'sqlite-in-adapter-sqlite',
    modules: ['node:sqlite'],
    places: ['^packages/adapter-sqlite/'],
    reason: 'the embedded file has one owner, who knows its locks',
  },
  {
    rule: 'tsyringe-in-runner-and-apps',
    modules: ['tsyringe', 'reflect-metadata'],
    places: ['^packages/runner/', '^packages/engines/test/', '^apps/'],
    reason: 'wiring belongs to the composition root; classes take what they need as arguments',
  },
  {
    rule: 'telemetry-api-in-adapters-and-runner',
    modules: ['@opentelemetry/api'],
    places: ['^packages/adapter-[^/]+/', '^packages/runner/'],
    reason: 'the core is measured from outside, by decorators',
  },
  {
    rule: 'telemetry-sdk-in-its-adapters',
    modules: ['@opentelemetry/(?!api(?:/|$))[^/]+'],
    places: ['^packages/adapter-(?:prometheus|memory)/'],
    reason: 'an app chooses where measurements go, as it chooses its log and its store',
  },
  {
    rule: 'pino-in-runner',
    modules: ['pino', 'pino-pretty'],
    places: ['^packages/runner/'],
    reason: 'what a log line may hold is decided in one place',
  },
  {
    rule: 'test-tools-in-tests',
    modules: ['vitest', '@vitest/[^/]+', 'fast-check'],
    places: [
      '^(?:packages|apps|docs/examples)/[^/]+/test/',
      '^packages/(?:port-contracts|test-kit|workspace)/',
    ],
    reason: 'what is installed for production holds no test runner',
  },
];

/** Matches modules from outside of the workspace: resolved below a node_modules folder, or as written if not installed. */
const outside = (names: readonly string[]): string => `(?:^|node_modules/)(?:${names.join('|')})(?:/|$)`;

/** Matches packages of this workspace, resolved or as written. */
const ours = (names: readonly string[]): string =>
  `^(?:packages|@user-activity)/(?:${names.join('|')})(?:/|$)`;

const members = '(?:packages|apps|docs/examples)';
const anyMember = `^(${members}/[^/]+)/`;

const arrowRule = ({ from, to, reason }: Arrows): Rule => {
  const free = [from, ...to, ...testKits];
  return {
    name: `arrows-of-${from}`,
    comment: reason,
    severity: 'error',
    from: { path: `^packages/${from}/` },
    to: { path: ours(arrows.map((row) => row.from).filter((name) => !free.includes(name))) },
  };
};

/** Forbids all imports but the listed ones, also of Node's modules, in the sources of a package with `outside`. */
const closedRule = ({ from, outside: names = [], reason }: Arrows): Rule => ({
  name: `nothing-else-in-${from}`,
  comment: reason,
  severity: 'error',
  from: { path: `^packages/${from}/src/` },
  // Other rules are about the packages and apps of this workspace.
  to: { pathNot: ['^(?:packages|apps|@user-activity)/', ...(names.length > 0 ? [outside(names)] : [])] },
});

/** Restricts imports between the rooms of a package. Files outside of the rooms are not restricted. */
const roomRule = ({ packageName, name, mayImport, reason }: Room): Rule => ({
  name: `rooms-of-${packageName}-${name}`,
  comment: reason,
  severity: 'error',
  from: { path: `^packages/${packageName}/src/${name}/` },
  to: {
    path: `^packages/${packageName}/src/`,
    pathNot: `^packages/${packageName}/src/(?:${[name, ...mayImport].join('|')})/`,
  },
});

const frameworkRule = ({ rule, modules, places, reason }: Framework): Rule => ({
  name: rule,
  comment: reason,
  severity: 'error',
  from: { path: anyMember, pathNot: [...places] },
  to: { path: outside(modules) },
});

const apps = 'standalone|api|consumer|cli|chaos|hostile|bench';

/** The rules about packages from outside of the workspace. */
export const frameworkRules: readonly Rule[] = frameworks.map(frameworkRule);

/** Every rule of the architecture. */
export const rules: readonly Rule[] = [
  ...arrows.map(arrowRule),
  ...arrows.filter((row) => row.outside !== undefined).map(closedRule),
  ...frameworkRules,
  ...rooms.map(roomRule),
  {
    name: 'no-app-in-packages',
    comment: 'an app is the outermost ring: it wires packages, and nothing depends on it',
    severity: 'error',
    from: { path: '^packages/' },
    to: {
      path: `^(?:apps/|docs/examples/|@user-activity/(?:${apps}|example-[^/]+)(?:/|$))`,
    },
  },
  {
    name: 'no-app-in-apps',
    comment: 'an app is a process: what two of them share is a package',
    severity: 'error',
    from: { path: '^apps/([^/]+)/' },
    to: { path: `^(?:apps/|@user-activity/(?:${apps})(?:/|$))`, pathNot: '^apps/$1/' },
  },
  {
    name: 'examples-use-what-others-can',
    comment:
      'an example shows how another team joins: from the model and the log, past our use cases and stores',
    severity: 'error',
    from: { path: '^docs/examples/', pathNot: '^docs/examples/[^/]+/test/' },
    to: {
      path: '^(?:packages/|apps/|@user-activity/)',
      pathNot: '^(?:packages/|@user-activity/)(?:domain|topic-contract|adapter-kafka)(?:/|$)',
    },
  },
  {
    name: 'no-test-kits-in-sources',
    comment: 'suites and in-memory adapters lose everything at exit: they serve tests only',
    severity: 'error',
    from: { path: anyMember, pathNot: `^(?:apps/(?:chaos|hostile)/|${members}/[^/]+/test/)` },
    to: { path: ours(testKits), pathNot: '^$1/' },
  },
  {
    name: 'no-tests-in-sources',
    comment: 'a package is delivered without its tests',
    severity: 'error',
    from: { path: anyMember, pathNot: `^${members}/[^/]+/test/` },
    to: { path: '^$1/test/' },
  },
  {
    name: 'no-deep-imports',
    comment: 'a package has one entry point, its exports: modules that are not exported may move',
    severity: 'error',
    from: { path: anyMember },
    to: {
      path: [`^${members}/`, '^@user-activity/[^/]+/'],
      pathNot: '^$1/',
      // An import by path, or by a name that is not exported. An import through the exports is neither.
      dependencyTypes: ['local', 'unknown'],
    },
  },
  {
    name: 'no-circular',
    comment: 'two files that import each other are one module',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
];

/** The options with which dependency-cruiser reads this code. */
export const options: ICruiseOptions = {
  // TypeScript 7 has no JavaScript API: the default parser would find no module, and no rule would be broken.
  parser: 'swc',
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  // Only dist folders of this workspace: packages below node_modules have them too, and must not be skipped.
  exclude: {
    path:
      '^(?:packages|apps|docs/examples)/[^/]+/dist/|^packages/workspace/test/fixtures/' +
      // They import what their test generates.
      '|^packages/system-tests/test/clients/programs/',
  },
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['@user-activity/source', 'import', 'node', 'types', 'default'],
  },
};
