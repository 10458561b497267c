import type { JsonObject } from '@user-activity/domain';

/** An activity as a client sends it. No two facts have the same `metadata.nonce`; the same fact sent again has. */
export interface Draft {
  readonly id?: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: JsonObject & { readonly nonce: string };
  readonly createdAt?: string;
}

/** A request to log activities and what was answered. Times are milliseconds of one clock. */
export interface Exchange {
  readonly drafts: readonly Draft[];
  /** Whether they break a rule: then they must be refused, and else they must not. */
  readonly isUnsound?: boolean;
  readonly sentAt: number;
  /** Missing where none came. */
  readonly answer?: Answer;
}

/** What the service said. */
export interface Answer {
  readonly at: number;
  readonly status: number;
  /** Why not, in the words of the service, without what is in brackets. */
  readonly reason?: string;
  /** Of each draft, where the answer names them; null for one that was rejected. */
  readonly ids: readonly (string | null)[];
}

/** Every request of a run, and every answer. */
export class Ledger {
  readonly exchanges: Exchange[] = [];

  note(exchange: Exchange): void {
    this.exchanges.push(exchange);
  }

  /** How many ids were answered 202. */
  get accepted(): number {
    const ids = this.exchanges.flatMap(({ answer }) => (answer?.status === 202 ? answer.ids : []));
    return new Set(ids.filter((id) => id !== null)).size;
  }

  /** How many requests were answered with each status, and why not; `none` stands for no answer. */
  get answers(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { answer } of this.exchanges) {
      const said = answer === undefined ? 'none' : [answer.status, answer.reason].join(' ').trim();
      counts[said] = (counts[said] ?? 0) + 1;
    }
    return counts;
  }
}
