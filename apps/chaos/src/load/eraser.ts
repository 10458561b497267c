import { setTimeout as delay } from 'node:timers/promises';
import { erasureProject } from '../projects.ts';
import type { Random } from '../random.ts';
import type { Draft } from './ledger.ts';
import { post } from './sender.ts';

type Mode = 'erase' | 'anonymise';

/**
 * A user whose erasure or anonymisation was requested. The first attempt of every request listed here was answered 202, so the log already
 * holds its records in this order.
 */
export interface ErasedUser {
  readonly userId: string;
  readonly mode: Mode;
  readonly erasureId: string;
  /** The activities that were logged before the erasure. Another fact with the id of the first one was logged too, and becomes a dead letter. */
  readonly before: readonly Draft[];
  /** The activities that were logged after the erasure was answered 202. */
  readonly after: readonly Draft[];
}

const pauseMs = 700;
const timeoutMs = 8000;

/** Repeats a cycle: logs activities of a new user, erases or anonymises the user, and logs more activities of the user. */
export class Eraser {
  readonly users: ErasedUser[] = [];
  readonly #random: Random;
  readonly #url: (random: Random) => string;
  #rounds = 0;

  constructor(random: Random, url: (random: Random) => string) {
    this.#random = random;
    this.#url = url;
  }

  async act(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#round();
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #round(): Promise<void> {
    this.#rounds += 1;
    const userId = `forgotten-${this.#rounds}`;
    const mode: Mode = this.#rounds % 2 === 0 ? 'anonymise' : 'erase';
    const draft = (name: string): Draft => {
      const nonce = `${userId}-${name}`;
      return { id: nonce, userId, type: 'VIEW', metadata: { nonce, name: userId } };
    };
    const before = [draft('b1'), draft('b2'), { ...draft('b3'), type: 'LOGIN' }];
    const conflict: Draft = { ...draft('b1'), type: 'CONFLICT' };
    if (!(await this.#log([...before, conflict]))) return;
    const erasureId = await this.#erase(userId, mode);
    if (erasureId === undefined) return;
    const after = [draft('a1'), draft('a2')];
    const isAccepted = await this.#log(after);
    this.users.push({ userId, mode, erasureId, before, after: isAccepted ? after : [] });
  }

  /** Logs the drafts. Returns whether the response is 202. */
  async #log(drafts: readonly Draft[]): Promise<boolean> {
    const target = { url: this.#url(this.#random), project: erasureProject };
    return (await post(target, drafts))?.status === 202;
  }

  /** Requests the erasure. Returns its id, or undefined if the response is not 202: then the log may or may not hold the request. */
  async #erase(userId: string, mode: Mode): Promise<string | undefined> {
    try {
      const response = await fetch(`${this.#url(this.#random)}/api/users/${userId}/logs?mode=${mode}`, {
        method: 'DELETE',
        headers: { 'x-project': erasureProject },
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { id } = (await response.json()) as { readonly id?: string };
      return response.status === 202 ? id : undefined;
    } catch {
      return undefined;
    }
  }
}
