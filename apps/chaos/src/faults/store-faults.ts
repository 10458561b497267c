import { choose } from './choose.ts';
import { endAfter, freezeServer, killServer } from './cluster-faults.ts';
import type { Faults } from './fault.ts';
import { restoreFaults } from './restore-faults.ts';

const members = [0, 1, 2] as const;

/** Faults of MongoDB, and of the connections to it. */
export const storeFaults: Faults = {
  'kill-primary': {
    lastsMs: [1000, 6000],
    overheadSeconds: 3,
    strike: async ({ site: { mongo }, lastsMs }) => killServer(mongo, await mongo.primary(), lastsMs),
  },
  'kill-mongod': {
    lastsMs: [0, 4000],
    overheadSeconds: 3,
    strike: ({ site: { mongo }, choice, lastsMs }) => killServer(mongo, choose(members, choice), lastsMs),
  },
  'freeze-primary': {
    lastsMs: [1000, 9000],
    overheadSeconds: 1,
    strike: async ({ site: { mongo }, lastsMs }) => freezeServer(mongo, await mongo.primary(), lastsMs),
  },
  'step-down': {
    lastsMs: [0, 0],
    overheadSeconds: 2,
    strike: ({ site: { mongo } }) => mongo.stepDown(),
  },
  'slow-mongodb': {
    lastsMs: [2000, 6000],
    overheadSeconds: 0,
    strike: ({ site: { mongo }, choice, lastsMs }) =>
      endAfter(lastsMs, ...mongo.proxies.map((proxy) => proxy.slow(10 + (choice % 200)))),
  },
  'cut-primary': {
    lastsMs: [500, 6000],
    overheadSeconds: 1,
    strike: async ({ site: { mongo }, lastsMs }) =>
      endAfter(lastsMs, choose(mongo.proxies, await mongo.primary()).cut()),
  },
  'lose-answers-of-primary': {
    lastsMs: [200, 4000],
    overheadSeconds: 1,
    strike: async ({ site: { mongo }, lastsMs }) =>
      endAfter(lastsMs, choose(mongo.proxies, await mongo.primary()).loseAnswers()),
  },
  'cut-mongodb': {
    lastsMs: [1000, 8000],
    overheadSeconds: 2,
    strike: ({ site: { mongo }, lastsMs }) => endAfter(lastsMs, ...mongo.proxies.map((proxy) => proxy.cut())),
  },
  ...restoreFaults,
};
