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
  /** The environment variable with the engine's address. An embedded engine has no such variable. */
  readonly variable?: string | undefined;
}

/** The engines of a process, and how long its start waits for them. */
export interface AwaitedEngines {
  readonly log: AwaitedEngine;
  readonly store: AwaitedEngine;
  readonly startTimeoutMs: number;
}

type EngineRole = 'log' | 'store';

/** Waits for the log and the store at the start of a process. All waits share one time limit, which `onProgress` restarts. */
export class EngineWait {
  readonly #engines: AwaitedEngines;
  readonly #logger: Logger;
  readonly #timeLimit: AbortSignal;
  /** Restarts the time limit. A migration of the store calls this while it makes progress, because it may take hours. */
  readonly onProgress: () => void;
  /** The reasons why the log or the store is not reached yet. An engine that was reached has no entry. */
  readonly #unreached = new Map<EngineRole, string>([
    ['log', 'no answer'],
    ['store', 'no answer'],
  ]);

  /** Starts the time limit. All waits end early if the signal is aborted. */
  constructor(engines: AwaitedEngines, logger: Logger, signal: AbortSignal) {
    this.#engines = engines;
    this.#logger = logger;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), engines.startTimeoutMs).unref();
    this.onProgress = () => void timer.refresh();
    this.#timeLimit = AbortSignal.any([signal, limit.signal]);
  }

  /** Reports `unavailable`, with the current status of the log and the store. */
  readonly checkHealth: CheckHealth = async () => ({
    status: 'unavailable',
    checks: { log: this.#statusOf('log'), store: this.#statusOf('store') },
  });

  /**
   * Repeats the attempt until it succeeds. Rejects with StartTimeout at the time limit, even if an attempt hangs. Rejects at once if the error
   * is not of the kind `unavailable`, because waiting helps only in an outage. For an embedded engine, makes one attempt without a time
   * limit.
   */
  async reach<Value>(role: EngineRole, attempt: () => Promise<Value>): Promise<Value> {
    const { variable } = this.#engines[role];
    let unreached = role;
    this.#unreached.set(role, 'no answer');
    for (let failures = 1; ; failures += 1) {
      try {
        const value = await (variable === undefined ? attempt() : this.#withinLimit(attempt()));
        this.#unreached.delete(unreached);
        return value;
      } catch (error) {
        const isOutage = isDomainError(error) && error.kind === 'unavailable';
        if (!isOutage || variable === undefined) throw error;
        // An attempt for the store may also use the log, so the error says which one is down.
        const failed = error.code.startsWith('LOG_') ? 'log' : role;
        if (failed !== unreached) this.#unreached.delete(unreached);
        unreached = failed;
        this.#unreached.set(unreached, error.message);
        const isPowerOfTwo = (failures & (failures - 1)) === 0;
        const { name } = this.#engines[unreached];
        if (isPowerOfTwo) this.#logger.warn({ failures, reason: error.message }, `waiting for ${name}`);
      }
      await this.#withinLimit(backOff(failures, this.#timeLimit));
    }
  }

  async #withinLimit<Value>(work: Promise<Value>): Promise<Value> {
    const timeout = Promise.withResolvers<never>();
    const rejectAtLimit = (): void => timeout.reject(this.#timeout());
    if (this.#timeLimit.aborted) rejectAtLimit();
    this.#timeLimit.addEventListener('abort', rejectAtLimit);
    try {
      return await Promise.race([timeout.promise, work]);
    } finally {
      this.#timeLimit.removeEventListener('abort', rejectAtLimit);
    }
  }

  #statusOf(role: EngineRole): HealthStatus {
    return this.#unreached.has(role) ? 'unavailable' : 'ok';
  }

  #timeout(): StartTimeout {
    const names = [...this.#unreached].map(([role, reason]) => `${this.#engines[role].name} (${reason})`);
    const variables = [...this.#unreached.keys()].map((role) => this.#engines[role].variable);
    return new StartTimeout(
      `not reached within ${this.#engines.startTimeoutMs} ms: ${names.join(' and ')}; ` +
        `start what is down, correct ${variables.join(' and ')}, or raise START_TIMEOUT_MS`,
    );
  }
}
