import { members as folders } from './layout.ts';

/** The packages of this workspace that one of them may import. */
export interface Arrows {
  readonly from: string;
  /** The packages of this workspace that it may import. */
  readonly to: readonly string[];
  /** If set, its sources import no other modules from outside of the workspace. */
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
  { from: 'topic-contract', to: ['domain'], because: 'the messages on the topic are made of the model' },
  { from: 'timing', to: ['domain'], because: 'a pause or a time limit is the same for every adapter' },
  { from: 'adapter-memory', to: ['domain'], because: 'an adapter knows the ports, not who calls them' },
  { from: 'adapter-prometheus', to: [], because: 'it exports measurements, and takes none itself' },
  {
    from: 'adapter-kafka',
    to: ['topic-contract', 'domain', 'timing'],
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
    because: 'a contract that knows an adapter would be fitted to it',
  },
  {
    from: 'runner',
    to: ['application', 'domain', 'timing'],
    because: 'code that all apps share must not depend on the choices of one',
  },
  { from: 'client', to: [], because: 'a client of the API needs no code of the service' },
  { from: 'test-kit', to: [], because: 'servers for tests know nothing of the service' },
  {
    from: 'system-tests',
    to: ['domain'],
    because: 'they use the service as its clients and operators do: its processes and its model',
  },
  { from: 'workspace', to: [], because: 'the tools judge the code, so they must not depend on it' },
];

const adapters = folders().flatMap((folder) => /^packages\/(adapter-.+)$/.exec(folder)?.[1] ?? []);

/** The only imports allowed between our packages: dependencies point inwards. */
export const arrows: readonly Arrows[] = [
  ...named,
  ...adapters
    .filter((adapter) => !named.some(({ from }) => from === adapter))
    .map((from) => ({
      from,
      to: ['domain', 'timing'],
      because: 'an adapter knows the ports, not who calls them',
    })),
  {
    from: 'engines',
    to: [...adapters, 'application', 'domain', 'runner'],
    because: 'one place opens the adapters that apps run on, and starts an app on them',
  },
];
