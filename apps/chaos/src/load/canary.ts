import { setTimeout as delay } from 'node:timers/promises';
import { partitionOf } from '@user-activity/domain';
import type { Ledger } from './ledger.ts';
import { send } from './sender.ts';

/** A check that the service works: an activity on each partition, and when all of them were found. */
interface Look {
  readonly sentAt: number;
  readonly missing: Set<string>;
  foundAt?: number;
}

const type = 'CANARY';
const everyMs = 500;
const pollMs = 200;

/** Logs an activity on every partition twice a second and queries them, to measure how long the service takes to recover. */
export class Canary {
  readonly #ledger: Ledger;
  readonly #url: () => string;
  readonly #users: readonly string[];
  readonly #looks: Look[] = [];

  constructor(ledger: Ledger, partitions: number, url: () => string) {
    this.#ledger = ledger;
    this.#url = url;
    this.#users = usersOf(partitions);
  }

  async sing(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#post(signal), this.#poll(signal)]);
  }

  /** Returns how long after a moment activities sent since then were found on all partitions, in ms; undefined if they were not. */
  recovery(since: number): number | undefined {
    const found = this.#looks.flatMap(({ sentAt, foundAt }) =>
      sentAt >= since && foundAt !== undefined ? [foundAt - since] : [],
    );
    return found.length === 0 ? undefined : Math.min(...found);
  }

  async #post(signal: AbortSignal): Promise<void> {
    const looks: Promise<void>[] = [];
    while (!signal.aborted) {
      looks.push(this.#look());
      await pause(everyMs, signal);
    }
    await Promise.all(looks);
  }

  async #look(): Promise<void> {
    const number = this.#looks.length + 1;
    const drafts = this.#users.map((userId) => {
      const nonce = `${userId}-${number}`;
      return { id: nonce, userId, type, metadata: { nonce } };
    });
    this.#looks.push({ sentAt: performance.now(), missing: new Set(drafts.map(({ id }) => id)) });
    await send(this.#ledger, { url: this.#url(), drafts, batch: true });
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const found = await newest(this.#url());
      const foundAt = performance.now();
      for (const look of this.#looks) {
        if (look.foundAt !== undefined) continue;
        for (const id of found) look.missing.delete(id);
        if (look.missing.size === 0) look.foundAt = foundAt;
      }
      await pause(pollMs, signal);
    }
  }
}

/** Returns the ids of the newest canary activities; none if the API does not answer. */
async function newest(url: string): Promise<readonly string[]> {
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

/** Returns a user for each partition. */
function usersOf(partitions: number): readonly string[] {
  const users = new Map<number, string>();
  for (let number = 0; users.size < partitions; number += 1) {
    const user = `canary-${number}`;
    users.set(partitionOf(Buffer.from(user), partitions), user);
  }
  return [...users.values()];
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);
