import type { ICruiseOptions, IRegularForbiddenRuleType } from 'dependency-cruiser';
import { members as folders } from './layout.ts';
import { type Room, rooms } from './rooms.ts';

/** A rule of the architecture: what may not import what, and why. */
export interface Rule extends IRegularForbiddenRuleType {
  readonly name: string;
  readonly comment: string;
}

interface Arrows {
  readonly from: string;
  /** The packages of ours that it may import. */
  readonly to: readonly string[];
  /** Where given, its sources import nothing else than these from outside either. */
  readonly outside?: readonly string[];
  readonly because: string;
}

/** The packages that have rows of their own. */
const named: readonly Arrows[] = [
  {
    from: 'domain',
    to: [],
    outside: [],
    because: 'other services install the model alone, and it runs anywhere',
  },
  {
    from: 'application',
    to: ['domain'],
    outside: [],
    because: 'a use case reaches the world through ports only',
  },
  { from: 'topic-contract', to: ['domain'], because: 'what is on the topic is told in words of the model' },
  { from: 'adapter-prometheus', to: [], because: 'what is measured is the business of those who measure' },
  {
    from: 'adapter-kafka',
    to: ['topic-contract', 'domain'],
    because: 'only the log speaks the topic contract',
  },
  {
    from: 'adapter-http',
    to: ['application', 'domain'],
    because: 'the API drives use cases, never an adapter',
  },
  {
    from: 'port-contracts',
    to: ['domain'],
    outside: ['vitest', 'fast-check', 'assert', 'timers'],
    because: 'a contract that knew an adapter would bend to it',
  },
  {
    from: 'runner',
    to: ['application', 'domain'],
    because: 'what all apps share can depend on no choice of one',
  },
  { from: 'client', to: [], because: 'who talks to the API needs nothing of the service' },
  { from: 'test-servers', to: [], because: 'a server is the same whoever talks to it' },
  { from: 'workspace', to: [], because: 'the tools judge the code, so they must not depend on it' },
];

const adapters = folders().flatMap((folder) => /^packages\/(adapter-.+)$/.exec(folder)?.[1] ?? []);

/** The only imports allowed between our packages: dependencies point inwards. */
export const arrows: readonly Arrows[] = [
  ...named,
  ...adapters
    .filter((adapter) => !named.some(({ from }) => from === adapter))
    .map((from) => ({ from, to: ['domain'], because: 'an adapter knows the ports, not who calls them' })),
  {
    from: 'engines',
    to: [...adapters, 'application', 'domain', 'runner'],
    because: 'one place opens the adapters that apps run on, and starts an app on them',
  },
];

/** For tests: the suites of the driven ports, adapters cheap enough for unit tests, and real servers. */
const testKits = ['port-contracts', 'adapter-memory', 'test-servers'];

interface Framework {
  readonly rule: string;
  /** Names as imported, as regular expressions. */
  readonly modules: readonly string[];
  /** The only places that may import them. */
  readonly places: readonly string[];
  readonly because: string;
}

const frameworks: readonly Framework[] = [
  {
    rule: 'fastify-in-adapter-http',
    modules: ['fastify', 'fastify-plugin', '@fastify/[^/]+'],
    places: ['^packages/adapter-http/'],
    because: 'HTTP is one adapter; it hands out a server that is ready to listen',
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
    because: 'schemas describe what comes from outside: requests and configuration',
  },
  {
    rule: 'kafkajs-in-adapter-kafka',
    modules: ['kafkajs', 'kafkajs-[^/]+'],
    places: ['^packages/adapter-kafka/', '^packages/test-servers/'],
    because: 'the log can be another one',
  },
  {
    rule: 'mongodb-in-adapter-mongodb',
    modules: ['mongodb', 'bson'],
    places: ['^packages/adapter-mongodb/', '^packages/test-servers/'],
    because: 'the store can be another one',
  },
  {
    rule: 'sqlite-in-adapter-sqlite',
    modules: ['node:sqlite'],
    places: ['^packages/adapter-sqlite/'],
    because: 'the embedded file has one owner, who knows its locks',
  },
  {
    rule: 'tsyringe-in-runner-and-apps',
    modules: ['tsyringe', 'reflect-metadata'],
    places: ['^packages/runner/', '^packages/engines/test/', '^apps/'],
    because: 'wiring belongs to the composition root; classes take what they need as arguments',
  },
  {
    rule: 'telemetry-api-in-adapters-and-runner',
    modules: ['@opentelemetry/api'],
    places: ['^packages/adapter-[^/]+/', '^packages/runner/'],
    because: 'the core is measured from outside, by decorators',
  },
  {
    rule: 'telemetry-sdk-in-its-adapters',
    modules: ['@opentelemetry/(?!api(?:/|$))[^/]+'],
    places: ['^packages/adapter-(?:prometheus|memory)/'],
    because: 'an app chooses where measurements go, as it chooses its log and its store',
  },
  {
    rule: 'pino-in-runner',
    modules: ['pino', 'pino-pretty'],
    places: ['^packages/runner/'],
    because: 'what a log line may hold is decided in one place',
  },
  {
    rule: 'test-tools-in-tests',
    modules: ['vitest', '@vitest/[^/]+', 'fast-check'],
    places: [
      '^(?:packages|apps|docs/examples)/[^/]+/test/',
      '^packages/(?:port-contracts|test-servers|workspace)/',
    ],
    because: 'what is installed for production holds no test runner',
  },
];

/** A module from outside by its name, as resolved (below some node_modules) or, where it is not installed, as written. */
const outside = (names: readonly string[]): string => `(?:^|node_modules/)(?:${names.join('|')})(?:/|$)`;

/** Packages of ours, as resolved or as written. */
const ours = (names: readonly string[]): string =>
  `^(?:packages|@user-activity)/(?:${names.join('|')})(?:/|$)`;

const members = '(?:packages|apps|docs/examples)';
const anyMember = `^(${members}/[^/]+)/`;

const arrowRule = ({ from, to, because }: Arrows): Rule => {
  const free = [from, ...to, ...testKits];
  return {
    name: `arrows-of-${from}`,
    comment: because,
    severity: 'error',
    from: { path: `^packages/${from}/` },
    to: { path: ours(arrows.map((other) => other.from).filter((other) => !free.includes(other))) },
  };
};

/** For packages that name all they may import: their sources import nothing else, not even Node's modules. */
const closedRule = ({ from, outside: names = [], because }: Arrows): Rule => ({
  name: `nothing-else-in-${from}`,
  comment: because,
  severity: 'error',
  from: { path: `^packages/${from}/src/` },
  // Our packages and apps are the business of other rules.
  to: { pathNot: ['^(?:packages|apps|@user-activity)/', ...(names.length > 0 ? [outside(names)] : [])] },
});

/** Imports between the rooms of one package; the files beside the rooms are in none of them. */
const roomRule = ({ of, name, to, because }: Room): Rule => ({
  name: `rooms-of-${of}-${name}`,
  comment: because,
  severity: 'error',
  from: { path: `^packages/${of}/src/${name}/` },
  to: { path: `^packages/${of}/src/`, pathNot: `^packages/${of}/src/(?:${[name, ...to].join('|')})/` },
});

const frameworkRule = ({ rule, modules, places, because }: Framework): Rule => ({
  name: rule,
  comment: because,
  severity: 'error',
  from: { path: anyMember, pathNot: [...places] },
  to: { path: outside(modules) },
});

const apps = 'standalone|api|consumer|cli|chaos|hostile|bench';

/** The rules about packages from outside. */
export const frameworkRules: readonly Rule[] = frameworks.map(frameworkRule);

/** Every rule of the architecture. */
export const rules: readonly Rule[] = [
  ...arrows.map(arrowRule),
  ...arrows.filter((one) => one.outside !== undefined).map(closedRule),
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
    comment: 'a package has one door, its exports: what is behind it may move',
    severity: 'error',
    from: { path: anyMember },
    to: {
      path: [`^${members}/`, '^@user-activity/[^/]+/'],
      pathNot: '^$1/',
      // Written as a path, or as a name that the exports don't offer. Through the exports it is neither.
      dependencyTypes: ['local', 'unknown'],
    },
  },
  {
    name: 'no-circular',
    comment: 'what imports each other is one module in two files',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
];

/** How dependency-cruiser reads this code. */
export const options: ICruiseOptions = {
  // TypeScript 7 has no JavaScript API: with the default parser no module would be found, and no rule broken.
  parser: 'swc',
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  // Ours only: a dist folder below node_modules is how most packages look, and would be skipped unjudged.
  exclude: {
    path:
      '^(?:packages|apps|docs/examples)/[^/]+/dist/|^packages/workspace/test/fixtures/' +
      // It imports what its test generates.
      '|^apps/standalone/test/clients/',
  },
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['@user-activity/source', 'import', 'node', 'types', 'default'],
  },
};
