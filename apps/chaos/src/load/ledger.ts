import type { JsonObject } from '@user-activity/domain';

/** An activity as a client sends it. Each fact has its own `metadata.nonce`, which does not change if a client sends the fact again. */
export interface Draft {
  readonly id?: string;
  readonly userId: string;
  readonly type: string;
  readonly metadata: JsonObject & { readonly nonce: string };
  readonly createdAt?: string;
}

/** A request to log activities, and its response. All times are values of `performance.now()`. */
export interface Exchange {
  readonly drafts: readonly Draft[];
  /** Whether the drafts are invalid, so that the service must reject them. Default: false. */
  readonly isInvalid?: boolean;
  readonly sentAt: number;
  /** Absent if the service did not respond. */
  readonly response?: LogResponse;
}

/** The response to a request to log activities. */
export interface LogResponse {
  /** The time at which the response was complete. */
  readonly at: number;
  readonly status: number;
  /** The `detail` of an error response, without its parts in parentheses, so that equal reasons are counted together. */
  readonly reason?: string;
  /** The id of each draft, or null for a rejected draft. Empty if the response has no ids. */
  readonly ids: readonly (string | null)[];
}

/** Records all requests of a run and their responses, by project. */
export class Ledger {
  readonly #byProject: Map<string, Exchange[]> = new Map();

  add(project: string, exchange: Exchange): void {
    const exchanges = this.#byProject.get(project) ?? [];
    exchanges.push(exchange);
    this.#byProject.set(project, exchanges);
  }

  get exchanges(): readonly Exchange[] {
    return [...this.#byProject.values()].flat();
  }

  exchangesOf(project: string): readonly Exchange[] {
    return this.#byProject.get(project) ?? [];
  }

  /** The number of distinct activities that were answered 202. The same id in two projects counts twice. */
  get accepted(): number {
    let accepted = 0;
    for (const exchanges of this.#byProject.values()) {
      const ids = exchanges.flatMap(({ response }) => (response?.status === 202 ? response.ids : []));
      accepted += new Set(ids.filter((id) => id !== null)).size;
    }
    return accepted;
  }

  /** The number of requests by the status and the reason in their response. The key `none` counts requests without a response. */
  get responses(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { response } of this.exchanges) {
      const key = response === undefined ? 'none' : [response.status, response.reason].join(' ').trim();
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }
}
