import { setTimeout as delay } from 'node:timers/promises';
import type { Site } from '../site/site.ts';
import { choose } from './choose.ts';
import { endAfter, freezeServer, killServer } from './cluster-faults.ts';
import type { Faults } from './fault.ts';

const brokers = [0, 1, 2] as const;

/** Returns the index of the broker that leads a partition, which `choice` selects. If no partition has a leader, `choice` selects a broker. */
async function leaderIndex({ tools }: Site, choice: number): Promise<number> {
  const leaders = (await tools.leaders()).filter((nodeId) => nodeId > 0);
  return leaders.length === 0 ? choose(brokers, choice) : choose(leaders, choice) - 1;
}

/** Faults of Kafka, and of the connections to it. */
export const logFaults: Faults = {
  'kill-broker': {
    lastsMs: [0, 5000],
    overheadSeconds: 3,
    strike: ({ site: { kafka }, choice, lastsMs }) => killServer(kafka, choose(brokers, choice), lastsMs),
  },
  'kill-leader': {
    lastsMs: [1000, 6000],
    overheadSeconds: 3,
    strike: async ({ site, choice, lastsMs }) =>
      killServer(site.kafka, await leaderIndex(site, choice), lastsMs),
  },
  // If the leader confirmed records before its followers have them, this fault would lose these records.
  'kill-leader-ahead-of-followers': {
    lastsMs: [2000, 6000],
    overheadSeconds: 4,
    async strike({ site, load, choice, lastsMs }) {
      const broker = await leaderIndex(site, choice);
      const followers = brokers.filter((index) => index !== broker);
      for (const follower of followers) site.kafka.signal(follower, 'SIGSTOP');
      // The leader gets records that its followers do not have. A publish call that also sends to a stopped
      // broker waits for it, so several bursts are sent at the same time.
      const sending = Promise.all([1, 2, 3, 4].map(() => load.burst(1, 60)));
      await delay(1000);
      site.kafka.signal(broker, 'SIGKILL');
      for (const follower of followers) site.kafka.signal(follower, 'SIGCONT');
      await delay(lastsMs);
      await site.kafka.restart(broker);
      await sending;
    },
  },
  'freeze-broker': {
    lastsMs: [1000, 8000],
    overheadSeconds: 1,
    strike: async ({ site, choice, lastsMs }) =>
      freezeServer(site.kafka, await leaderIndex(site, choice), lastsMs),
  },
  'restart-brokers': {
    lastsMs: [0, 0],
    overheadSeconds: 10,
    async strike({ site: { kafka } }) {
      for (const broker of brokers) {
        await kafka.end(broker);
        await kafka.restart(broker);
      }
    },
  },
  'slow-kafka': {
    lastsMs: [2000, 6000],
    overheadSeconds: 0,
    strike: ({ site: { kafka }, choice, lastsMs }) =>
      endAfter(lastsMs, ...kafka.proxies.map((proxy) => proxy.slow(20 + (choice % 300)))),
  },
  'cut-broker': {
    lastsMs: [500, 5000],
    overheadSeconds: 0,
    strike: ({ site: { kafka }, choice, lastsMs }) => endAfter(lastsMs, choose(kafka.proxies, choice).cut()),
  },
  'lose-answers-of-broker': {
    lastsMs: [200, 4000],
    overheadSeconds: 0,
    strike: async ({ site, choice, lastsMs }) =>
      endAfter(lastsMs, choose(site.kafka.proxies, await leaderIndex(site, choice)).loseAnswers()),
  },
  'lose-answers-of-kafka': {
    lastsMs: [200, 3000],
    overheadSeconds: 0,
    strike: ({ site: { kafka }, lastsMs }) =>
      endAfter(lastsMs, ...kafka.proxies.map((proxy) => proxy.loseAnswers())),
  },
  'cut-kafka': {
    lastsMs: [1000, 8000],
    overheadSeconds: 1,
    strike: ({ site: { kafka }, lastsMs }) => endAfter(lastsMs, ...kafka.proxies.map((proxy) => proxy.cut())),
  },
  'full-buffer': {
    lastsMs: [6000, 6000],
    overheadSeconds: 2,
    async strike({ site: { kafka }, load, lastsMs }) {
      const endFaults = kafka.proxies.map((proxy) => proxy.cut());
      await Promise.all([load.burst(12, 10_000), endAfter(lastsMs, ...endFaults)]);
    },
  },
  poison: {
    lastsMs: [0, 0],
    overheadSeconds: 1,
    strike: ({ load }) => load.poison(),
  },
};
