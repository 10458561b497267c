import type { Pause } from '@user-activity/application';
import {
  DomainError,
  type EventConsumer,
  type PartitionProgress,
  type RecordHandler,
} from '@user-activity/domain';
import { settlesWithin } from '@user-activity/timing';

/** Options of a RestartingConsumer. */
export interface RestartingConsumerOptions {
  /** Makes a new member, not yet started. */
  readonly make: () => EventConsumer;
  /** Waits before a failed member is replaced, longer after more failures. */
  readonly pause: Pause;
  /** Called for each replacement, with the reason why the last member was replaced. */
  readonly restarted: (reason: unknown) => void;
  /** How long to wait for a member to stop; a frozen one never does. Default: 4000. */
  readonly stopWithinMs?: number;
  /** The number of failed members in a row, with nothing handled between, after which it gives up. Default: 5. */
  readonly maxFailures?: number;
}

const forgottenMs = 600_000;

/**
 * A consumer that outlives its members. It replaces a member that ends by itself, or that `restart` names as not working. For a
 * moment two members of one process may be in the group. This is like two processes: records may be delivered twice, and the old
 * member can't commit once its partitions belong to another. It keeps all promises of its members except L8: `stop` abandons a
 * handler that does not settle.
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
    // Callers that need `ended` handle it; otherwise its rejection must not end the process.
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

  /** Replaces the member at once, whatever it is doing. */
  restart(reason: unknown): void {
    this.#replace(this.#member, reason, 0).catch(this.#ended.reject);
  }

  /** Rejects `ended` with the error: the process must be replaced. */
  giveUp(error: unknown): void {
    this.#ended.reject(error);
  }

  stop(): Promise<void> {
    this.#stopping.abort();
    this.#stopped ??= this.#left(this.#member).then(this.#ended.resolve);
    return this.#stopped;
  }

  async #join(member: EventConsumer, handler: RecordHandler): Promise<void> {
    await member.start(handler);
    member.ended.catch((error: unknown) => this.#failed(member, error));
  }

  #failed(member: EventConsumer, error: unknown): void {
    if (member !== this.#member || this.#stopping.signal.aborted) return;
    // Failures of long ago do not count, even if nothing was handled since.
    const now = performance.now();
    this.#failures = now - this.#failedAt > forgottenMs ? 1 : this.#failures + 1;
    this.#failedAt = now;
    if (this.#failures >= (this.#options.maxFailures ?? 5)) this.#ended.reject(error);
    else this.#replace(member, error, this.#failures).catch(this.#ended.reject);
  }

  /** Replaces the member `old`, unless it was replaced already. If called again meanwhile, only the last new member joins. */
  async #replace(old: EventConsumer, reason: unknown, failures: number): Promise<void> {
    const handler = this.#handler;
    if (old !== this.#member || handler === undefined) return;
    const member = this.#options.make();
    this.#member = member;
    this.#options.restarted(reason);
    await this.#left(old);
    if (failures > 0) await this.#options.pause(failures, this.#stopping.signal);
    if (this.#stopping.signal.aborted || member !== this.#member) return;
    await this.#join(member, handler).catch((error: unknown) => this.#failed(member, error));
  }

  async #left(member: EventConsumer): Promise<void> {
    await settlesWithin(this.#options.stopWithinMs ?? 4000, member.stop());
  }
}
