import type { Pause } from '@user-activity/application';
import {
  DomainError,
  type EventConsumer,
  type PartitionProgress,
  LogMismatch,
  type RecordHandler,
  type ResumeAt,
} from '@user-activity/domain';
import { settlesWithin } from '@user-activity/timing';

/** The options of a RestartingConsumer. */
export interface RestartingConsumerOptions {
  /** Makes a new group member. The member is not started yet. */
  readonly make: () => EventConsumer;
  /** Waits before a failed member is replaced, longer after more failures. */
  readonly pause: Pause;
  /** Called for each replacement of a member, with the reason. */
  readonly onRestart: (reason: unknown) => void;
  /** The time limit for stopping a member, in milliseconds. A frozen member never stops. Default: 4,000. */
  readonly stopTimeoutMs?: number;
  /** The number of failures at which `ended` rejects. Each handled batch sets the count to 0. Default: 5. */
  readonly maxFailures?: number;
}

// After this time without a failure, in milliseconds, the count of failures starts at 1 again.
const failuresExpireMs = 600_000;

/**
 * A consumer that replaces its group member when the member ends by itself, or when `restart` is called. For a moment, two
 * members of this process may be in the group, so records may be delivered twice. The old member can't commit after it lost its
 * partitions. This consumer keeps the promises of `EventConsumer` except L8: `stop` does not wait for a handler that hangs.
 */
export class RestartingConsumer implements EventConsumer {
  readonly #options: RestartingConsumerOptions;
  readonly #stopAbort: AbortController = new AbortController();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly ended: Promise<void> = this.#ended.promise;
  #member: EventConsumer;
  /** The arguments of `start`, with which each new member is started. */
  #started: Parameters<EventConsumer['start']> | undefined;
  #failures = 0;
  #failedAt = 0;
  #stopPromise: Promise<void> | undefined;

  constructor(options: RestartingConsumerOptions) {
    this.#options = options;
    this.#member = options.make();
    // A rejection of `ended` that nobody handles would end the process.
    this.ended.catch(() => undefined);
  }

  async start(handler: RecordHandler, resumeAt?: ResumeAt): Promise<void> {
    if (this.#started !== undefined) throw new Error('A consumer can be started only once.');
    const countingHandler: RecordHandler = async (records, signal, span) => {
      await handler(records, signal, span);
      this.#failures = 0;
    };
    this.#started = [countingHandler, resumeAt];
    await this.#join(this.#member, this.#started);
  }

  async ping(): Promise<void> {
    if (this.#stopPromise !== undefined)
      throw new DomainError('LOG_UNAVAILABLE', 'The consumer has stopped.');
    await this.#member.ping();
  }

  progress(): Promise<readonly PartitionProgress[]> {
    return this.#member.progress();
  }

  /** Replaces the member at once, even if it is handling records. `onRestart` receives the reason. */
  restart(reason: string): void {
    this.#replace(this.#member, reason, 0).catch(this.#ended.reject);
  }

  /** Rejects `ended` with the error, so that the process ends and can be replaced. */
  giveUp(error: unknown): void {
    this.#ended.reject(error);
  }

  stop(): Promise<void> {
    this.#stopAbort.abort();
    this.#stopPromise ??= this.#stopMember(this.#member).then(() => this.#ended.resolve());
    return this.#stopPromise;
  }

  async #join(member: EventConsumer, started: Parameters<EventConsumer['start']>): Promise<void> {
    await member.start(...started);
    member.ended.catch((error: unknown) => this.#handleFailure(member, error));
  }

  #handleFailure(member: EventConsumer, error: unknown): void {
    if (member !== this.#member || this.#stopAbort.signal.aborted) return;
    const now = performance.now();
    this.#failures = now - this.#failedAt > failuresExpireMs ? 1 : this.#failures + 1;
    this.#failedAt = now;
    // A new member would fail with the same LogMismatch.
    const isFinal = error instanceof LogMismatch || this.#failures >= (this.#options.maxFailures ?? 5);
    if (isFinal) this.#ended.reject(error);
    else this.#replace(member, error, this.#failures).catch(this.#ended.reject);
  }

  /** Replaces `oldMember`, unless it was replaced before. If the new member is replaced before it joins the group, it never joins. */
  async #replace(oldMember: EventConsumer, reason: unknown, failures: number): Promise<void> {
    const started = this.#started;
    if (oldMember !== this.#member || started === undefined) return;
    const member = this.#options.make();
    this.#member = member;
    this.#options.onRestart(reason);
    await this.#stopMember(oldMember);
    if (failures > 0) await this.#options.pause(failures, this.#stopAbort.signal);
    if (this.#stopAbort.signal.aborted || member !== this.#member) return;
    await this.#join(member, started).catch((error: unknown) => this.#handleFailure(member, error));
  }

  /** Stops the member, and waits at most `stopTimeoutMs`. Returns whether the member stopped in time. Never rejects. */
  #stopMember(member: EventConsumer): Promise<boolean> {
    return settlesWithin(this.#options.stopTimeoutMs ?? 4000, member.stop());
  }
}
