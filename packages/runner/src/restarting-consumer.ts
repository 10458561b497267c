import type { Pause } from '@user-activity/application';
import {
  DomainError,
  type EventConsumer,
  type PartitionProgress,
  type RecordHandler,
} from '@user-activity/domain';
import { settlesWithin } from '@user-activity/timing';

/** The options of a RestartingConsumer. */
export interface RestartingConsumerOptions {
  /** Makes a new member, not yet started. */
  readonly make: () => EventConsumer;
  /** Waits before a failed member is replaced, longer after more failures. */
  readonly pause: Pause;
  /** Called for each replacement of a member, with the reason. */
  readonly restarted: (reason: unknown) => void;
  /** How long to wait for a member to stop, because a frozen member never stops. Default: 4,000. */
  readonly stopWithinMs?: number;
  /** Rejects `ended` after this number of failures without a handled record between them. Default: 5. */
  readonly maxFailures?: number;
}

// After this time without a failure the count starts again, even if no record was handled.
const failuresExpireMs = 600_000;

/**
 * A consumer that replaces its member of the group when the member ends by itself, or when `restart` is called. For a moment two
 * members of this process may be in the group, so records may be delivered twice. The old member can't commit after it lost its
 * partitions. This consumer keeps the promises of its members except L8: `stop` abandons a handler that does not settle.
 */
export class RestartingConsumer implements EventConsumer {
  readonly #options: RestartingConsumerOptions;
  readonly #stopping: AbortController = new AbortController();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly ended: Promise<void> = this.#ended.promise;
  #member: EventConsumer;
  #handler: RecordHandler | undefined;
  #failures = 0;
  #failedAt = 0;
  #stopped: Promise<void> | undefined;

  constructor(options: RestartingConsumerOptions) {
    this.#options = options;
    this.#member = options.make();
    // A rejection of `ended` that nobody handles would end the process.
    this.ended.catch(() => undefined);
  }

  async start(handler: RecordHandler): Promise<void> {
    if (this.#handler !== undefined) throw new Error('A consumer is started once.');
    this.#handler = async (records, signal) => {
      await handler(records, signal);
      this.#failures = 0;
    };
    await this.#join(this.#member, this.#handler);
  }

  async ping(): Promise<void> {
    if (this.#stopped !== undefined) throw new DomainError('LOG_UNAVAILABLE', 'The consumer has stopped.');
    await this.#member.ping();
  }

  progress(): Promise<readonly PartitionProgress[]> {
    return this.#member.progress();
  }

  /** Replaces the member at once, even if it is handling records. */
  restart(reason: unknown): void {
    this.#replace(this.#member, reason, 0).catch(this.#ended.reject);
  }

  /** Rejects `ended` with the error, because the process must be replaced. */
  giveUp(error: unknown): void {
    this.#ended.reject(error);
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    this.#stopped ??= this.#stopMember(this.#member).then(() => this.#ended.resolve());
    return this.#stopped;
  }

  async #join(member: EventConsumer, handler: RecordHandler): Promise<void> {
    await member.start(handler);
    member.ended.catch((error: unknown) => this.#failed(member, error));
  }

  #failed(member: EventConsumer, error: unknown): void {
    if (member !== this.#member || this.#stopping.signal.aborted) return;
    const now = performance.now();
    this.#failures = now - this.#failedAt > failuresExpireMs ? 1 : this.#failures + 1;
    this.#failedAt = now;
    if (this.#failures >= (this.#options.maxFailures ?? 5)) this.#ended.reject(error);
    else this.#replace(member, error, this.#failures).catch(this.#ended.reject);
  }

  /** Replaces the member, unless it was already replaced. If replaced again before it joins, only the last new member joins. */
  async #replace(old: EventConsumer, reason: unknown, failures: number): Promise<void> {
    const handler = this.#handler;
    if (old !== this.#member || handler === undefined) return;
    const member = this.#options.make();
    this.#member = member;
    this.#options.restarted(reason);
    await this.#stopMember(old);
    if (failures > 0) await this.#options.pause(failures, this.#stopping.signal);
    if (this.#stopping.signal.aborted || member !== this.#member) return;
    await this.#join(member, handler).catch((error: unknown) => this.#failed(member, error));
  }

  /** Stops the member, and waits at most `stopWithinMs` for it. Never rejects. */
  #stopMember(member: EventConsumer): Promise<boolean> {
    return settlesWithin(this.#options.stopWithinMs ?? 4000, member.stop());
  }
}
