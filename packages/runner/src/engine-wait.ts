import type { CheckHealth, HealthStatus } from '@user-activity/application';
import { isDomainError } from '@user-activity/domain';
import { backOff } from '@user-activity/timing';
import type { Logger } from './logger.ts';

/** Thrown if Kafka or MongoDB was not reached in time. The message says which one, why, and which variables to check. */
export class StartTimeout extends Error {
  override readonly name = 'StartTimeout';
}

const engines = {
  log: { name: 'Kafka', variable: 'KAFKA_BROKERS' },
  store: { name: 'MongoDB', variable: 'MONGODB_URI' },
} as const;

/** The state of the start for one engine. */
interface Progress {
  status: HealthStatus;
  /** Why the last attempt failed. */
  failure: string;
}

/** Waits for Kafka and MongoDB at the start of a process. All waits share one time limit. */
export class EngineWait {
  readonly #timeoutMs: number;
  readonly #logger: Logger;
  readonly #over: AbortSignal;
  readonly #progress: Readonly<Record<keyof typeof engines, Progress>> = {
    log: { status: 'unavailable', failure: 'no answer' },
    store: { status: 'unavailable', failure: 'no answer' },
  };

  /** The time limit begins now. The signal ends all waits early, when the process is to stop. */
  constructor(timeoutMs: number, logger: Logger, signal: AbortSignal) {
    this.#timeoutMs = timeoutMs;
    this.#logger = logger;
    this.#over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  }

  /** Reports `unavailable`, and the status of log and store so far. */
  readonly checkHealth: CheckHealth = async () => ({
    status: 'unavailable',
    checks: { log: this.#progress.log.status, store: this.#progress.store.status },
  });

  /**
   * Repeats the attempt until it succeeds. Rejects with StartTimeout when the time is over, and at once if an attempt fails with
   * an error of another kind than `unavailable`: waiting only helps in an outage. A hanging attempt is abandoned, because the
   * process exits then.
   */
  async reach<Value>(engine: keyof typeof engines, attempt: () => Promise<Value>): Promise<Value> {
    const progress = this.#progress[engine];
    progress.status = 'unavailable';
    for (let failures = 1; ; failures += 1) {
      try {
        const value = await this.#inTime(attempt());
        progress.status = 'ok';
        return value;
      } catch (error) {
        if (!isDomainError(error) || error.kind !== 'unavailable') throw error;
        progress.failure = error.message;
        const isPowerOfTwo = (failures & (failures - 1)) === 0;
        if (isPowerOfTwo)
          this.#logger.warn({ failures, reason: error.message }, `waiting for ${engines[engine].name}`);
      }
      await this.#inTime(backOff(failures, this.#over));
    }
  }

  async #inTime<Value>(work: Promise<Value>): Promise<Value> {
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

  #timeout(): StartTimeout {
    const missing = (['log', 'store'] as const).filter((engine) => this.#progress[engine].status !== 'ok');
    const what = missing.map((engine) => `${engines[engine].name} (${this.#progress[engine].failure})`);
    const variables = missing.map((engine) => engines[engine].variable);
    return new StartTimeout(
      `not reached within ${this.#timeoutMs} ms: ${what.join(' and ')}; ` +
        `start what is down, correct ${variables.join(' and ')}, or raise START_TIMEOUT_MS`,
    );
  }
}
