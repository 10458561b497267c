import type { CheckHealth, HealthStatus } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import type { Logger } from './logger.ts';

/** Thrown if the log or the store was not reached in time. The message says which one, why, and which variables to check. */
export class StartTimeout extends Error {
  override readonly name = 'StartTimeout';
}

/** A log or a store to wait for. */
export interface AwaitedEngine {
  readonly name: string;
  /** The variable with its address. An embedded engine has none. */
  readonly variable?: string | undefined;
}

/** The engines of a process, and how long its start waits for them. */
export interface AwaitedEngines {
  readonly log: AwaitedEngine;
  readonly store: AwaitedEngine;
  readonly startTimeoutMs: number;
}

type Side = 'log' | 'store';

/** Waits for the log and the store at the start of a process. All waits share one time limit. */
export class EngineWait {
  readonly #engines: AwaitedEngines;
  readonly #logger: Logger;
  readonly #over: AbortSignal;
  /** The sides that are not reached yet, each with the reason. */
  readonly #missing = new Map<Side, string>([
    ['log', 'no answer'],
    ['store', 'no answer'],
  ]);

  /** Starts the time limit. Aborting the signal ends all waits early. */
  constructor(engines: AwaitedEngines, logger: Logger, signal: AbortSignal) {
    this.#engines = engines;
    this.#logger = logger;
    this.#over = AbortSignal.any([signal, AbortSignal.timeout(engines.startTimeoutMs)]);
  }

  /** Reports `unavailable`, with the current status of the log and the store. */
  readonly checkHealth: CheckHealth = async () => ({
    status: 'unavailable',
    checks: { log: this.#status('log'), store: this.#status('store') },
  });

  /**
   * Repeats the attempt until it succeeds. Rejects with StartTimeout at the time limit, and at once if an attempt fails with
   * an error of another kind than `unavailable`, because waiting only helps in an outage. It abandons a hanging attempt, because
   * the process then exits. For an embedded engine it attempts once, without a time limit.
   */
  async reach<Value>(side: Side, attempt: () => Promise<Value>): Promise<Value> {
    const { name, variable } = this.#engines[side];
    this.#missing.set(side, 'no answer');
    for (let failures = 1; ; failures += 1) {
      try {
        const value = await (variable === undefined ? attempt() : this.#withinLimit(attempt()));
        this.#missing.delete(side);
        return value;
      } catch (error) {
        const isOutage = isDomainError(error) && error.kind === 'unavailable';
        if (!isOutage || variable === undefined) throw error;
        this.#missing.set(side, error.message);
        const isPowerOfTwo = (failures & (failures - 1)) === 0;
        if (isPowerOfTwo) this.#logger.warn({ failures, reason: error.message }, `waiting for ${name}`);
      }
      await this.#withinLimit(backOff(failures, this.#over));
    }
  }

  async #withinLimit<Value>(work: Promise<Value>): Promise<Value> {
    const over = Promise.withResolvers<never>();
    const end = (): void => over.reject(this.#timeout());
    if (this.#over.aborted) end();
    this.#over.addEventListener('abort', end);
    try {
      return await Promise.race([over.promise, work]);
    } finally {
      this.#over.removeEventListener('abort', end);
    }
  }

  #status(side: Side): HealthStatus {
    return this.#missing.has(side) ? 'unavailable' : 'ok';
  }

  #timeout(): StartTimeout {
    const names = [...this.#missing].map(([side, reason]) => `${this.#engines[side].name} (${reason})`);
    const variables = [...this.#missing.keys()].map((side) => this.#engines[side].variable);
    return new StartTimeout(
      `not reached within ${this.#engines.startTimeoutMs} ms: ${names.join(' and ')}; ` +
        `start what is down, correct ${variables.join(' and ')}, or raise START_TIMEOUT_MS`,
    );
  }
}
