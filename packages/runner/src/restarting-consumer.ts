import { setTimeout as delay } from 'node:timers/promises';
import type { Pause } from '@user-activity/application';
import {
  DomainError,
  type EventConsumer,
  type PartitionProgress,
  type RecordHandler,
} from '@user-activity/domain';

/** How a consumer is made anew. */
export interface RestartingConsumerOptions {
  /** Makes a member that was never started. */
  readonly make: () => EventConsumer;
  /** Waits before a member that failed is replaced, the longer the more of them failed. */
  readonly pause: Pause;
  /** Is told of each new member and why the last one went. */
  readonly restarted: (reason: unknown) => void;
  /** How long a member is waited for that is to stop; one that is frozen never does. 4000 where not given. */
  readonly stopWithinMs?: number;
  /** After so many members that failed, with nothing handled between, it gives up. 5 where not given. */
  readonly mostFailures?: number;
}

const forgottenMs = 600_000;

/**
 * A consumer that outlives its members: one that ends by itself, or is not trusted any more, is left and another joins. For a
 * moment two of one process may be in the group, which is no more than two processes are: records may come twice, and one
 * that was left can commit nothing once its partitions are another's. It keeps the promises of its members, but for L8: a
 * handler that does not settle is left behind by `stop` too.
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
    // Whoever wants to know looks at it.
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

  /** Leaves the member at once, whatever it is doing, and has another join. */
  restart(reason: unknown): void {
    this.#replace(this.#member, reason, 0).catch(this.#ended.reject);
  }

  /** Comes to its end with that error: whoever runs it must be replaced. */
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
    // What happened long ago has nothing to do with it, however quiet it was since.
    const now = performance.now();
    this.#failures = now - this.#failedAt > forgottenMs ? 1 : this.#failures + 1;
    this.#failedAt = now;
    if (this.#failures >= (this.#options.mostFailures ?? 5)) this.#ended.reject(error);
    else this.#replace(member, error, this.#failures).catch(this.#ended.reject);
  }

  /** Of several at a time the last counts. */
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
    const late = delay(this.#options.stopWithinMs ?? 4000, undefined, { ref: false });
    await Promise.race([member.stop().catch(() => undefined), late]);
  }
}
