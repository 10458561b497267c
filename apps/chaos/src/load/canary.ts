import { setTimeout as delay } from 'node:timers/promises';
import { partitionOf } from '@user-activity/domain';
import type { Ledger } from './ledger.ts';
import { projects } from '../projects.ts';
import { send } from './sender.ts';

/** A batch with one activity for each partition. */
interface Probe {
  readonly sentAt: number;
  /** The ids that no query has found yet. */
  readonly missing: Set<string>;
  /** The time at which the last missing id was found. */
  foundAt?: number;
}

const type = 'CANARY';
const intervalMs = 500;
const pollMs = 200;

/** Measures how long the service takes to recover: sends a probe twice a second, and queries until all activities of each probe are found. */
export class Canary {
  readonly #ledger: Ledger;
  readonly #url: () => string;
  readonly #users: readonly string[];
  readonly #probes: Probe[] = [];

  constructor(ledger: Ledger, partitions: number, url: () => string) {
    this.#ledger = ledger;
    this.#url = url;
    this.#users = usersByPartition(partitions);
  }

  /** Sends probes, and queries for their activities, until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#post(signal), this.#poll(signal)]);
  }

  /** Returns how many ms after `since` all activities of a probe sent after `since` were found. Returns undefined if that never happened. */
  recovery(since: number): number | undefined {
    const found = this.#probes.flatMap(({ sentAt, foundAt }) =>
      sentAt >= since && foundAt !== undefined ? [foundAt - since] : [],
    );
    return found.length === 0 ? undefined : Math.min(...found);
  }

  async #post(signal: AbortSignal): Promise<void> {
    const sending: Promise<void>[] = [];
    while (!signal.aborted) {
      sending.push(this.#probe());
      await pause(intervalMs, signal);
    }
    await Promise.all(sending);
  }

  async #probe(): Promise<void> {
    const number = this.#probes.length + 1;
    const drafts = this.#users.map((userId) => {
      const nonce = `${userId}-${number}`;
      return { id: nonce, userId, type, metadata: { nonce } };
    });
    this.#probes.push({ sentAt: performance.now(), missing: new Set(drafts.map(({ id }) => id)) });
    await send(this.#ledger, { url: this.#url(), project: projects[0] }, drafts);
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const found = await newestIds(this.#url());
      const foundAt = performance.now();
      for (const probe of this.#probes) {
        if (probe.foundAt !== undefined) continue;
        for (const id of found) probe.missing.delete(id);
        if (probe.missing.size === 0) probe.foundAt = foundAt;
      }
      await pause(pollMs, signal);
    }
  }
}

/** Returns the ids of the newest canary activities. Returns an empty list if the API does not respond. */
async function newestIds(url: string): Promise<readonly string[]> {
  try {
    const response = await fetch(`${url}/api/logs?type=${type}&limit=200`, {
      signal: AbortSignal.timeout(2000),
    });
    const { data = [] } = (await response.json()) as { data?: readonly { id: string }[] };
    return data.map(({ id }) => id);
  } catch {
    return [];
  }
}

/** Returns one user for each partition, chosen so that the records of the user go to that partition. */
function usersByPartition(partitions: number): readonly string[] {
  const users = new Map<number, string>();
  for (let number = 0; users.size < partitions; number += 1) {
    const user = `canary-${number}`;
    users.set(partitionOf(Buffer.from(user), partitions), user);
  }
  return [...users.values()];
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);
