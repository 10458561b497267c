import type { ApiUseCases } from '@user-activity/application';
import { settlesWithin } from '@user-activity/timing';
import type { Logger } from './logger.ts';
import { logFailures, repeatRegularly } from './repeat-regularly.ts';

const defaultPauseMs = 1000;
// A stop must not wait for a log or a store that hangs.
const maxClosingMs = 500;

type UseCases = Pick<ApiUseCases, 'relayAuditEvents' | 'flushReadLog'>;

/**
 * Regularly publishes audit events to the log: those of changes from the outbox in the store, and those of reads from the memory of this
 * process. Each process of the API has one relay.
 */
export class AuditRelay {
  readonly #useCases: UseCases;
  readonly #logger: Pick<Logger, 'error' | 'warn'>;
  readonly #pauseMs: number;
  readonly #abort = new AbortController();

  constructor(useCases: UseCases, logger: Pick<Logger, 'error' | 'warn'>, pauseMs: number = defaultPauseMs) {
    this.#useCases = useCases;
    this.#logger = logger;
    this.#pauseMs = pauseMs;
  }

  /** Publishes at once, and then regularly until `close`. Logs each outage once. */
  start(): void {
    this.#repeat(() => this.#relay(), 'could not publish audit events; they wait in the outbox');
    this.#repeat(() => this.#flush(), 'could not log reads; they wait in memory');
  }

  /** Stops the repetition, and tries to publish once more, for at most 500 ms. Unpublished events stay in the outbox, but reads are lost. */
  async close(): Promise<void> {
    this.#abort.abort();
    await settlesWithin(maxClosingMs, Promise.allSettled([this.#relay(), this.#flush()]));
  }

  async #relay(): Promise<void> {
    await this.#useCases.relayAuditEvents();
  }

  async #flush(): Promise<void> {
    const dropped = await this.#useCases.flushReadLog();
    if (dropped > 0) this.#logger.warn({ dropped }, 'did not log some reads: too many waited for the log');
  }

  #repeat(work: () => Promise<void>, failureMessage: string): void {
    const onFailure = logFailures(this.#logger, failureMessage);
    void repeatRegularly(work, { signal: this.#abort.signal, pauseMs: this.#pauseMs, onFailure });
  }
}
