import { setTimeout as delay } from 'node:timers/promises';
import type { Site } from '../site/site.ts';
import type { Fault } from './fault.ts';
import { chosen } from './chosen.ts';
import { lasting } from './lasting.ts';

const nodes = [0, 1, 2] as const;

/** Returns the index of the broker that leads the chosen partition, or of any broker if no partition has a leader. */
async function leader({ tools }: Site, choice: number): Promise<number> {
  const leaders = (await tools.leaders()).filter((node) => node > 0);
  return leaders.length === 0 ? chosen(nodes, choice) : chosen(leaders, choice) - 1;
}

/** Faults of Kafka, and of the connections to it. */
export const logFaults: readonly Fault[] = [
  {
    kind: 'kill-broker',
    lane: 'log',
    lastsMs: [0, 5000],
    overheadSeconds: 3,
    async strike({ site: { kafka }, choice, lastsMs }) {
      kafka.signal(chosen(nodes, choice), 'SIGKILL');
      await delay(lastsMs);
      await kafka.restart(chosen(nodes, choice));
    },
  },
  {
    kind: 'kill-leader',
    lane: 'log',
    lastsMs: [1000, 6000],
    overheadSeconds: 3,
    async strike({ site, choice, lastsMs }) {
      const broker = await leader(site, choice);
      site.kafka.signal(broker, 'SIGKILL');
      await delay(lastsMs);
      await site.kafka.restart(broker);
    },
  },
  {
    // If the leader confirmed records that its followers do not have, these records would be lost.
    kind: 'kill-leader-ahead-of-followers',
    lane: 'log',
    lastsMs: [2000, 6000],
    overheadSeconds: 4,
    async strike({ site, choice, lastsMs, burst }) {
      const broker = await leader(site, choice);
      const followers = nodes.filter((node) => node !== broker);
      for (const follower of followers) site.kafka.signal(follower, 'SIGSTOP');
      // Makes records that only the leader has: an API waits for all brokers that its request goes to.
      const sending = Promise.all([1, 2, 3, 4].map(() => burst(1, 60)));
      await delay(1000);
      site.kafka.signal(broker, 'SIGKILL');
      for (const follower of followers) site.kafka.signal(follower, 'SIGCONT');
      await delay(lastsMs);
      await site.kafka.restart(broker);
      await sending;
    },
  },
  {
    kind: 'freeze-broker',
    lane: 'log',
    lastsMs: [1000, 8000],
    overheadSeconds: 1,
    async strike({ site, choice, lastsMs }) {
      const broker = await leader(site, choice);
      site.kafka.signal(broker, 'SIGSTOP');
      await lasting(lastsMs, () => site.kafka.signal(broker, 'SIGCONT'));
    },
  },
  {
    kind: 'restart-brokers',
    lane: 'log',
    lastsMs: [0, 0],
    overheadSeconds: 10,
    async strike({ site: { kafka } }) {
      for (const broker of nodes) {
        await kafka.end(broker);
        await kafka.restart(broker);
      }
    },
  },
  {
    kind: 'slow-kafka',
    lane: 'log',
    lastsMs: [2000, 6000],
    overheadSeconds: 0,
    async strike({ site: { kafka }, choice, lastsMs }) {
      await lasting(lastsMs, ...kafka.proxies.map((proxy) => proxy.slow(20 + (choice % 300))));
    },
  },
  {
    kind: 'cut-broker',
    lane: 'log',
    lastsMs: [500, 5000],
    overheadSeconds: 0,
    async strike({ site: { kafka }, choice, lastsMs }) {
      await lasting(lastsMs, chosen(kafka.proxies, choice).cut());
    },
  },
  {
    kind: 'lose-answers-of-broker',
    lane: 'log',
    lastsMs: [200, 4000],
    overheadSeconds: 0,
    async strike({ site, choice, lastsMs }) {
      const broker = await leader(site, choice);
      await lasting(lastsMs, chosen(site.kafka.proxies, broker).loseAnswers());
    },
  },
  {
    kind: 'lose-answers-of-kafka',
    lane: 'log',
    lastsMs: [200, 3000],
    overheadSeconds: 0,
    async strike({ site: { kafka }, lastsMs }) {
      await lasting(lastsMs, ...kafka.proxies.map((proxy) => proxy.loseAnswers()));
    },
  },
  {
    kind: 'cut-kafka',
    lane: 'log',
    lastsMs: [1000, 8000],
    overheadSeconds: 1,
    async strike({ site: { kafka }, lastsMs }) {
      await lasting(lastsMs, ...kafka.proxies.map((proxy) => proxy.cut()));
    },
  },
  {
    kind: 'full-buffer',
    lane: 'log',
    lastsMs: [6000, 6000],
    overheadSeconds: 2,
    async strike({ site: { kafka }, lastsMs, burst }) {
      const endFaults = kafka.proxies.map((proxy) => proxy.cut());
      await Promise.all([burst(12, 10_000), lasting(lastsMs, ...endFaults)]);
    },
  },
  {
    kind: 'poison',
    lane: 'log',
    lastsMs: [0, 0],
    overheadSeconds: 1,
    strike: ({ poison }) => poison(),
  },
];
