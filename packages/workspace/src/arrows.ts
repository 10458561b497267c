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
  { from: 'topic-contract', to: ['domain'], because: 'what is on the topic is told in words of the model' },
  { from: 'timing', to: ['domain'], because: 'a pause or a time limit is the same for every adapter' },
  { from: 'adapter-memory', to: ['domain'], because: 'an adapter knows the ports, not who calls them' },
  { from: 'adapter-prometheus', to: [], because: 'what is measured is the business of those who measure' },
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
    because: 'a contract that knew an adapter would bend to it',
  },
  {
    from: 'runner',
    to: ['application', 'domain', 'timing'],
    because: 'what all apps share can depend on no choice of one',
  },
  { from: 'client', to: [], because: 'who talks to the API needs nothing of the service' },
  { from: 'test-kit', to: [], because: 'a server is the same whoever talks to it' },
  {
    from: 'system-tests',
    to: ['domain'],
    because: 'they know of the service what its clients and operators know: its processes and its model',
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
