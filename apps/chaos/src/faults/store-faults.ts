import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import { chosen } from './chosen.ts';
import { lasting } from './lasting.ts';

const members = [0, 1, 2] as const;

/** Faults of MongoDB, and of the connections to it. */
export const storeFaults: readonly Fault[] = [
  {
    kind: 'kill-primary',
    lane: 'store',
    lastsMs: [1000, 6000],
    overheadSeconds: 3,
    async strike({ site: { mongo }, lastsMs }) {
      const primary = await mongo.primary();
      mongo.signal(primary, 'SIGKILL');
      await delay(lastsMs);
      await mongo.restart(primary);
    },
  },
  {
    kind: 'kill-mongod',
    lane: 'store',
    lastsMs: [0, 4000],
    overheadSeconds: 3,
    async strike({ site: { mongo }, choice, lastsMs }) {
      mongo.signal(chosen(members, choice), 'SIGKILL');
      await delay(lastsMs);
      await mongo.restart(chosen(members, choice));
    },
  },
  {
    kind: 'freeze-primary',
    lane: 'store',
    lastsMs: [1000, 9000],
    overheadSeconds: 1,
    async strike({ site: { mongo }, lastsMs }) {
      const primary = await mongo.primary();
      mongo.signal(primary, 'SIGSTOP');
      await lasting(lastsMs, () => mongo.signal(primary, 'SIGCONT'));
    },
  },
  {
    kind: 'step-down',
    lane: 'store',
    lastsMs: [0, 0],
    overheadSeconds: 2,
    strike: ({ site: { mongo } }) => mongo.stepDown(),
  },
  {
    kind: 'slow-mongodb',
    lane: 'store',
    lastsMs: [2000, 6000],
    overheadSeconds: 0,
    async strike({ site: { mongo }, choice, lastsMs }) {
      await lasting(lastsMs, ...mongo.proxies.map((proxy) => proxy.slow(10 + (choice % 200))));
    },
  },
  {
    kind: 'cut-primary',
    lane: 'store',
    lastsMs: [500, 6000],
    overheadSeconds: 1,
    async strike({ site: { mongo }, lastsMs }) {
      await lasting(lastsMs, chosen(mongo.proxies, await mongo.primary()).cut());
    },
  },
  {
    kind: 'lose-answers-of-primary',
    lane: 'store',
    lastsMs: [200, 4000],
    overheadSeconds: 1,
    async strike({ site: { mongo }, lastsMs }) {
      await lasting(lastsMs, chosen(mongo.proxies, await mongo.primary()).loseAnswers());
    },
  },
  {
    kind: 'cut-mongodb',
    lane: 'store',
    lastsMs: [1000, 8000],
    overheadSeconds: 2,
    async strike({ site: { mongo }, lastsMs }) {
      await lasting(lastsMs, ...mongo.proxies.map((proxy) => proxy.cut()));
    },
  },
];
