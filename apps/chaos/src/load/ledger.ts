import type { JsonObject } from '@user-activity/domain';

/** An activity as a client sends it. Each fact has its own `metadata.nonce`, also when it is sent again. */
export interface Draft {
  readonly id?: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: JsonObject & { readonly nonce: string };
  readonly createdAt?: string;
}

/** A request to log activities, and its answer. Times are milliseconds of one clock. */
export interface Exchange {
  readonly drafts: readonly Draft[];
  /** Whether the drafts break a rule. The service must reject such drafts, and no others. */
  readonly isInvalid?: boolean;
  readonly sentAt: number;
  /** Absent if the service did not answer. */
  readonly answer?: Answer;
}

/** An answer of the service. */
export interface Answer {
  readonly at: number;
  readonly status: number;
  /** The `detail` of a refusal, without the parts in parentheses. */
  readonly reason?: string;
  /** The id of each draft, if the answer names ids; null for a rejected draft. */
  readonly ids: readonly (string | null)[];
}

/** All requests of a run, with their answers. */
export class Ledger {
  readonly exchanges: Exchange[] = [];

  add(exchange: Exchange): void {
    this.exchanges.push(exchange);
  }

  /** Returns the number of distinct ids that were answered 202. */
  get accepted(): number {
    const ids = this.exchanges.flatMap(({ answer }) => (answer?.status === 202 ? answer.ids : []));
    return new Set(ids.filter((id) => id !== null)).size;
  }

  /** Returns the number of requests by the status and reason of the answer; `none` means no answer. */
  get answers(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { answer } of this.exchanges) {
      const key = answer === undefined ? 'none' : [answer.status, answer.reason].join(' ').trim();
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }
}
