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
  /** The only paths whose files may import the modules, as regular expressions. */
  readonly allowedPaths: readonly string[];
  readonly reason: string;
}

/** The path of the programs of the benchmark that do the work of the service in other ways, for comparison. */
const contenders = '^apps/bench/src/programs/';

const frameworks: readonly Framework[] = [
  {
    rule: 'fastify-in-adapter-http',
    modules: ['fastify', 'fastify-plugin', '@fastify/[^/]+'],
    allowedPaths: ['^packages/adapter-http/', contenders],
    reason: 'only the HTTP adapter knows its framework; apps get a server that is ready to listen',
  },
  {
    rule: 'typebox-in-adapter-http-and-config',
    modules: ['@sinclair/typebox', 'typebox'],
    allowedPaths: [
      '^packages/adapter-http/',
      '^apps/[^/]+/src/config\\.ts$',
      '^apps/cli/src/move/config\\.ts$',
      '^packages/runner/src/configuration/',
      '^packages/engines/',
      contenders,
    ],
    reason: 'schemas describe input from outside of the process: requests and configuration',
  },
  {
    rule: 'kafkajs-in-adapter-kafka',
    modules: ['kafkajs', 'kafkajs-[^/]+'],
    allowedPaths: ['^packages/adapter-kafka/', '^packages/test-kit/', contenders],
    reason: 'an app can use a log other than Kafka',
  },
  {
    rule: 'mongodb-in-adapter-mongodb',
    modules: ['mongodb', 'bson'],
    allowedPaths: ['^packages/adapter-mongodb/', '^packages/test-kit/', contenders],
    reason: 'an app can use a store other than MongoDB',
  },
  {
    rule: 'sqlite-in-adapter-sqlite',
    modules: ['node:sqlite'],
    // The client has no data file: it only borrows the locks of SQLite for the folder of its spool.
    allowedPaths: [
      '^packages/adapter-sqlite/',
      '^packages/test-kit/',
      '^packages/client/src/node/spool-lock\\.ts$',
      contenders,
    ],
    reason: 'only one package knows the locks of the embedded file',
  },
  {
    rule: 'tsyringe-in-runner-and-apps',
    modules: ['tsyringe', 'reflect-metadata'],
    allowedPaths: ['^packages/runner/', '^packages/engines/test/', '^apps/'],
    reason: 'wiring belongs to the composition root; classes take what they need as arguments',
  },
  {
    rule: 'telemetry-api-in-adapters-and-runner',
    modules: ['@opentelemetry/api'],
    allowedPaths: ['^packages/adapter-[^/]+/', '^packages/runner/'],
    reason: 'the core is measured from outside, by decorators',
  },
  {
    rule: 'telemetry-sdk-in-its-adapters',
    modules: ['@opentelemetry/(?!api(?:/|$))[^/]+'],
    allowedPaths: ['^packages/adapter-(?:prometheus|memory)/'],
    reason: 'an app chooses where measurements go, as it chooses its log and its store',
  },
  {
    rule: 'pino-in-runner',
    modules: ['pino', 'pino-pretty'],
    allowedPaths: ['^packages/runner/'],
    reason: 'one package decides which data log lines may have',
  },
  {
    rule: 'test-tools-in-tests',
    modules: ['vitest', '@vitest/[^/]+', 'fast-check'],
    allowedPaths: [
      '^(?:packages|apps|docs/examples)/[^/]+/test/',
      '^packages/(?:port-contracts|test-kit|workspace)/',
    ],
    reason: 'a production installation has no test runner',
  },
];

/** Returns a pattern that matches modules from outside of the workspace: their paths below node_modules, or their names if they are not installed. */
const externalPattern = (names: readonly string[]): string =>
  `(?:^|node_modules/)(?:${names.join('|')})(?:/|$)`;

/** Returns a pattern that matches the paths and the names of packages of this workspace. */
const packagePattern = (names: readonly string[]): string =>
  `^(?:packages|@user-activity)/(?:${names.join('|')})(?:/|$)`;

const memberPath = '(?:packages|apps|docs/examples)';
const anyMember = `^(${memberPath}/[^/]+)/`;

/** Forbids a package to import packages of this workspace, except those that its arrows name, and the test kits. */
const makeArrowRule = ({ from, to, reason }: Arrows): Rule => {
  const allowed = [from, ...to, ...testKits];
  return {
    name: `arrows-of-${from}`,
    comment: reason,
    severity: 'error',
    from: { path: `^packages/${from}/` },
    to: { path: packagePattern(arrows.map((row) => row.from).filter((name) => !allowed.includes(name))) },
  };
};

/** Forbids the sources of a package to import modules of Node or from outside of the workspace, except `externalModules`. */
const makeExternalRule = ({ from, externalModules = [], reason }: Arrows): Rule => ({
  name: `nothing-else-in-${from}`,
  comment: reason,
  severity: 'error',
  from: { path: `^packages/${from}/src/` },
  // Other rules restrict imports of the packages and apps of this workspace.
  to: {
    pathNot: [
      '^(?:packages|apps|@user-activity)/',
      ...(externalModules.length > 0 ? [externalPattern(externalModules)] : []),
    ],
  },
});

/** Forbids a room of a package to import files of the package, except its own and those of the rooms that it names. */
const makeRoomRule = ({ packageName, name, mayImport, reason }: Room): Rule => ({
  name: `rooms-of-${packageName}-${name}`,
  comment: reason,
  severity: 'error',
  from: { path: `^packages/${packageName}/src/${name}/` },
  to: {
    path: `^packages/${packageName}/src/`,
    pathNot: `^packages/${packageName}/src/(?:${[name, ...mayImport].join('|')})/`,
  },
});

/** Forbids all files outside of the allowed paths to import the modules of a framework. */
const makeFrameworkRule = ({ rule, modules, allowedPaths, reason }: Framework): Rule => ({
  name: rule,
  comment: reason,
  severity: 'error',
  from: { path: anyMember, pathNot: [...allowedPaths] },
  to: { path: externalPattern(modules) },
});

const apps = 'standalone|api|consumer|cli|demo|chaos|hostile|bench';
/** The path of the app that is published. It runs the app that its first argument names. */
const publishedApp = '^apps/user-activity-log/';

/** The rules about packages from outside of the workspace. */
export const frameworkRules: readonly Rule[] = frameworks.map(makeFrameworkRule);

/** Every rule of the architecture. */
export const rules: readonly Rule[] = [
  ...arrows.map(makeArrowRule),
  ...arrows.filter((row) => row.externalModules !== undefined).map(makeExternalRule),
  ...frameworkRules,
  ...rooms.map(makeRoomRule),
  {
    name: 'client-runs-in-browsers',
    comment: 'only the entry `node` of the client may use Node.js: the main entry also runs in browsers',
    severity: 'error',
    from: { path: '^packages/client/src/', pathNot: '^packages/client/src/node/' },
    to: { pathNot: '^(?:packages|apps|@user-activity)/' },
  },
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
    comment: 'an app is a process: code that two apps share belongs in a package',
    severity: 'error',
    from: { path: '^apps/([^/]+)/', pathNot: publishedApp },
    to: { path: `^(?:apps/|@user-activity/(?:${apps})(?:/|$))`, pathNot: '^apps/$1/' },
  },
  {
    name: 'published-app-only-chooses',
    comment: 'the published app only chooses which app runs: that app does the work, and also runs by itself',
    severity: 'error',
    from: { path: `${publishedApp}src/` },
    to: {
      pathNot: [
        publishedApp,
        '^(?:apps/|@user-activity/)(?:api|cli|consumer|standalone)(?:/|$)',
        '^(?:packages/|@user-activity/)runner(?:/|$)',
      ],
    },
  },
  {
    name: 'examples-use-what-others-can',
    comment:
      'an example shows what another team can do with the domain model and the log, without our use cases and stores',
    severity: 'error',
    from: { path: '^docs/examples/', pathNot: '^docs/examples/[^/]+/test/' },
    to: {
      path: '^(?:packages/|apps/|@user-activity/)',
      pathNot: '^(?:packages/|@user-activity/)(?:domain|topic-contract|adapter-kafka)(?:/|$)',
    },
  },
  {
    name: 'no-test-kits-in-sources',
    comment: 'the test kits serve tests only: in-memory adapters lose all data at exit',
    severity: 'error',
    from: { path: anyMember, pathNot: `^(?:apps/(?:bench|chaos|hostile)/|${memberPath}/[^/]+/test/)` },
    to: { path: packagePattern(testKits), pathNot: '^$1/' },
  },
  {
    name: 'no-tests-in-sources',
    comment: 'a package is delivered without its tests',
    severity: 'error',
    from: { path: anyMember, pathNot: `^${memberPath}/[^/]+/test/` },
    to: { path: '^$1/test/' },
  },
  {
    name: 'no-deep-imports',
    comment: 'others may import only what a package exports: its other modules may move',
    severity: 'error',
    from: { path: anyMember },
    to: {
      path: [`^${memberPath}/`, '^@user-activity/[^/]+/'],
      pathNot: '^$1/',
      // `local`: an import by path. `unknown`: an import by a name that is not exported.
      dependencyTypes: ['local', 'unknown'],
    },
  },
  {
    name: 'no-circular',
    comment: 'files that import each other cannot be understood or changed separately',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
];

/** The options with which dependency-cruiser reads the code of this workspace. */
export const options: ICruiseOptions = {
  // TypeScript 7 has no JavaScript API: the default parser would find no module, and no rule would be broken.
  parser: 'swc',
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  // Skip what this workspace builds. Do not skip the dist folders of packages below node_modules.
  exclude: {
    path:
      '^(?:packages|apps|docs/examples)/[^/]+/(?:dist|site)/|^packages/workspace/test/fixtures/' +
      // These programs import files that their test generates.
      '|^packages/system-tests/test/clients/programs/' +
      // This program imports the bundle, which `npm run pack` makes.
      '|^apps/user-activity-log/bin/',
  },
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['@user-activity/source', 'import', 'node', 'types', 'default'],
  },
};
