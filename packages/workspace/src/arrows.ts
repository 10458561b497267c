import { members } from './layout.ts';

/** The packages of this workspace that a package may import. */
export interface Arrows {
  readonly from: string;
  /** The packages that `from` may import. */
  readonly to: readonly string[];
  /** If set, the sources of `from` may import no modules from outside of the workspace except these. */
  readonly externalModules?: readonly string[];
  readonly reason: string;
}

/** The arrows of all packages except engines and the ordinary adapters, which are added below. */
const packageArrows: readonly Arrows[] = [
  {
    from: 'domain',
    to: [],
    externalModules: [],
    reason: 'other services install the domain alone, and it runs anywhere',
  },
  {
    from: 'application',
    to: ['domain'],
    externalModules: [],
    reason: 'a use case reaches the world through ports only',
  },
  { from: 'topic-contract', to: ['domain'], reason: 'a message on the topic holds values of the domain' },
  {
    from: 'record-batch',
    to: [],
    externalModules: ['timers'],
    reason: "Kafka's format of records is not ours, and has nothing to do with activities",
  },
  { from: 'timing', to: ['domain'], reason: 'adapters share its pauses and time limits' },
  { from: 'adapter-memory', to: ['domain'], reason: 'an adapter knows the ports, not who calls them' },
  { from: 'adapter-prometheus', to: [], reason: 'it only exports measurements that other packages make' },
  {
    from: 'adapter-kafka',
    to: ['record-batch', 'topic-contract', 'domain', 'timing'],
    reason: 'only this adapter reads and writes messages of the topic',
  },
  {
    from: 'adapter-http',
    to: ['application', 'domain'],
    reason: 'the API drives use cases, never an adapter',
  },
  {
    from: 'port-contracts',
    to: ['domain'],
    externalModules: ['vitest', 'fast-check', 'assert', 'timers'],
    reason: 'a contract must not favour an adapter',
  },
  {
    from: 'runner',
    to: ['application', 'domain', 'timing'],
    reason: 'code that all apps share must not depend on the log or store of one app',
  },
  {
    from: 'client',
    to: [],
    externalModules: ['fs', 'path', 'node:sqlite', 'util'],
    reason: 'a client of the API needs no code of the service, and no dependencies from elsewhere',
  },
  {
    from: 'dashboard',
    to: ['client'],
    externalModules: ['preact', '@preact/signals', '@tanstack/virtual-core', 'uplot'],
    reason: 'the page uses what every client can use, and small libraries for what it draws',
  },
  { from: 'test-kit', to: [], reason: 'servers for tests do not depend on the service' },
  {
    from: 'system-tests',
    to: ['client', 'domain'],
    reason:
      'the tests use only what clients and operators use: the running service, its client, and the domain',
  },
  { from: 'workspace', to: [], reason: 'the tools judge the code, so they must not depend on it' },
];

const adapters = members().flatMap((folder) => /^packages\/(adapter-.+)$/.exec(folder)?.[1] ?? []);

/** The only imports allowed between our packages, besides those of test kits. Dependencies point inwards. */
export const arrows: readonly Arrows[] = [
  ...packageArrows,
  ...adapters
    .filter((adapter) => !packageArrows.some(({ from }) => from === adapter))
    .map((from) => ({
      from,
      to: ['domain', 'timing'],
      reason: 'an adapter knows the ports, not who calls them',
    })),
  {
    from: 'engines',
    to: [...adapters, 'application', 'domain', 'runner'],
    reason: 'one place opens the adapters that apps run on, and starts an app on them',
  },
];
