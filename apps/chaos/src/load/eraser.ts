import { setTimeout as delay } from 'node:timers/promises';
import { forgottenProject } from '../projects.ts';
import type { Random } from '../random.ts';
import type { Draft } from './ledger.ts';
import { post } from './sender.ts';

type Mode = 'erase' | 'anonymise';

/** A user that was erased. Everything here was answered 202 at once, so nothing of it can be appended to the log later. */
export interface ErasedUser {
  readonly userId: string;
  readonly mode: Mode;
  readonly erasureId: string;
  /** What was logged before the request. One of its facts is a conflict, so it is a dead letter. */
  readonly before: readonly Draft[];
  /** What was logged after the answer to the request. */
  readonly after: readonly Draft[];
}

const pauseMs = 700;
const timeoutMs = 8000;

/** Logs activities of a new user, erases the user, and logs more, again and again. */
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
    if (!(await this.#isAccepted([...before, conflict]))) return;
    const erasureId = await this.#erase(userId, mode);
    if (erasureId === undefined) return;
    const after = [draft('a1'), draft('a2')];
    const isAccepted = await this.#isAccepted(after);
    this.users.push({ userId, mode, erasureId, before, after: isAccepted ? after : [] });
  }

  async #isAccepted(drafts: readonly Draft[]): Promise<boolean> {
    const target = { url: this.#url(this.#random), project: forgottenProject };
    return (await post(target, drafts))?.status === 202;
  }

  /** Returns the id of the erasure, or undefined if it is not known whether the log has the request. */
  async #erase(userId: string, mode: Mode): Promise<string | undefined> {
    try {
      const response = await fetch(`${this.#url(this.#random)}/api/users/${userId}/logs?mode=${mode}`, {
        method: 'DELETE',
        headers: { 'x-project': forgottenProject },
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { id } = (await response.json()) as { readonly id?: string };
      return response.status === 202 ? id : undefined;
    } catch {
      return undefined;
    }
  }
}
