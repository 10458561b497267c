import {
  DomainError,
  type EventConsumer,
  type GroupObserver,
  LogMismatch,
  type PartitionProgress,
  type RecordHandler,
  type ResumeAt,
} from '@user-activity/domain';
import { settlesWithin } from '@user-activity/timing';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { BatchHandler } from './batch-handler.ts';
import { deliverAllBatches } from './deliver-all-batches.ts';
import { retireConsumer } from './end-stopped-fetches.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import type { KafkaTopic } from './kafka-topic.ts';
import { markCommits } from './mark-commits.ts';
import { retryOnDomainError, ResumeRefused } from './retry-on-domain-error.ts';
import { isOfType } from './translate-errors.ts';
import { type Cluster, withCluster } from './with-cluster.ts';

export interface KafkaEventConsumerOptions {
  /** The milliseconds without a heartbeat after which the group removes a member and reassigns its partitions. Default: 10,000. */
  readonly sessionTimeoutMs?: number;
  readonly observer?: GroupObserver;
}

const maxConcurrentPartitions = 8;
const leavingMs = 3000;
const pingMs = 5000;
const progressMs = 5000;
// The group coordinator's errors after which a member no longer owns its partitions.
const evictionTypes: ReadonlySet<unknown> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
]);

/** One member of a consumer group. Handles up to 8 partitions concurrently, and the records of each partition in order. */
export class KafkaEventConsumer implements EventConsumer {
  readonly #topic: KafkaTopic;
  readonly #group: string;
  readonly #consumer: Consumer & { readonly cluster: Cluster };
  readonly #sessionMs: number;
  readonly #heartbeatMs: number;
  readonly #observer: GroupObserver | undefined;
  /** The pending work: batches that are being handled, and checks of the topic. Each has the controller that cancels it. */
  readonly #pending: Map<AbortController, Promise<unknown>> = new Map();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly ended: Promise<void> = this.#ended.promise;
  /** The function to which KafkaJS passes batches; undefined before the start. */
  #eachBatch: ((payload: EachBatchPayload) => Promise<void>) | undefined;
  /** The member's partitions; undefined while the member is not in its group. */
  #assigned: ReadonlySet<number> | undefined;
  #stopped: Promise<void> | undefined;
  #stoppedAt = Number.POSITIVE_INFINITY;

  /** The default of `sessionTimeoutMs`. */
  static readonly defaultSessionMs: number = 10_000;

  constructor(
    connection: KafkaConnection,
    topic: KafkaTopic,
    group: string,
    { sessionTimeoutMs = KafkaEventConsumer.defaultSessionMs, observer }: KafkaEventConsumerOptions = {},
  ) {
    this.#topic = topic;
    this.#group = group;
    this.#observer = observer;
    this.#sessionMs = sessionTimeoutMs;
    this.#heartbeatMs = Math.ceil(sessionTimeoutMs / 5);
    const retry = {
      initialRetryTime: 100,
      maxRetryTime: 5000,
      retries: 10,
      // By default, KafkaJS restarts a crashed consumer even if it was stopped. Nobody would then handle the records of its partitions.
      restartOnFailure: async () => this.#stopped === undefined,
    };
    this.#consumer = withCluster(connection.client(10_000, retry), (client) =>
      client.consumer({
        groupId: group,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: Math.max(30_000, sessionTimeoutMs),
        heartbeatInterval: this.#heartbeatMs,
        // Short, because a stop waits for the pending fetch.
        maxWaitTimeInMs: 500,
        allowAutoTopicCreation: false,
      }),
    );
    // A rejection must not end the process if the caller does not use `ended`.
    this.ended.catch(() => undefined);
  }

  async start(handler: RecordHandler, resumeAt?: ResumeAt): Promise<void> {
    if (this.#eachBatch !== undefined) throw new Error('The consumer was started already.');
    if (resumeAt !== undefined) markCommits(this.#consumer.cluster);
    const batchHandler = new BatchHandler({
      handler,
      resumeAt: resumeAt ?? (async (_, next) => next),
      oldestOffset: (partition) => this.#oldestOffset(partition),
      assertSameLog: (partition) => this.#topic.assertSameLog(this.#consumer.cluster, partition),
      mayCommit: () => performance.now() - this.#stoppedAt <= this.#sessionMs,
    });
    const eachBatch = async (payload: EachBatchPayload): Promise<void> =>
      this.#track((signal) => this.#handleBatch(payload, batchHandler, signal));
    this.#eachBatch = eachBatch;
    deliverAllBatches(eachBatch);
    const joined = Promise.withResolvers<void>();
    // This promise may reject before it is awaited below.
    joined.promise.catch(() => undefined);
    const consumer = this.#consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      batchHandler.beginAssignment();
      joined.resolve();
      // A stopped member may join once more before it leaves the group. The observer may already watch the consumer that replaces it.
      if (this.#stopped !== undefined) return;
      this.#assigned = new Set(memberAssignment[this.#topic.name]);
      this.#observer?.joined(this.#assigned.size);
      // Ends the member if its topic was deleted and recreated. It may take minutes until KafkaJS fetches a batch that reveals this.
      this.#track((signal) => retryOnDomainError(() => this.progress(), signal)).catch(() => undefined);
    });
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      this.#leave();
      if (restart) return;
      this.#ended.reject(error);
      joined.reject(error);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [this.#topic.name], fromBeginning: true });
    this.#assertOpen();
    await consumer.run({
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: maxConcurrentPartitions,
      eachBatch,
    });
    await joined.promise;
  }

  async ping(): Promise<void> {
    this.#assertOpen();
    if (this.#assigned === undefined)
      throw new DomainError('LOG_UNAVAILABLE', 'The consumer is not in its group.');
    await this.#topic.assertWritable(pingMs);
  }

  /**
   * Returns the progress in the member's partitions. If the topic was deleted and recreated, rejects with LogMismatch, and ends the
   * member, because its offsets belong to the old topic.
   */
  async progress(): Promise<readonly PartitionProgress[]> {
    const progress = await this.#topic.progressOf(this.#group, progressMs).catch((error: unknown) => {
      if (error instanceof LogMismatch) this.#end(error);
      throw error;
    });
    const assigned = this.#assigned;
    return assigned === undefined ? progress : progress.filter(({ partition }) => assigned.has(partition));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #oldestOffset(partition: number): Promise<number> {
    const progress = await this.#topic.progressOf(this.#group, progressMs);
    return progress.find((candidate) => candidate.partition === partition)?.oldest ?? 0;
  }

  /** Rejects `ended` with the error, and leaves the group. */
  #end(error: unknown): void {
    this.#ended.reject(error);
    this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#stoppedAt = performance.now();
    this.#cancelHandlers();
    this.#leave();
    // `disconnect` waits for the handlers too, so it can begin before they settle.
    const disconnected = Promise.allSettled([this.#consumer.disconnect()]);
    if (this.#eachBatch !== undefined) retireConsumer(this.#eachBatch);
    await Promise.allSettled(this.#pending.values());
    // If leaving takes longer, the group removes the member after its session timeout.
    await settlesWithin(leavingMs, disconnected);
    this.#ended.resolve();
  }

  #assertOpen(): void {
    if (this.#stopped !== undefined) throw new DomainError('LOG_UNAVAILABLE', 'The consumer has stopped.');
  }

  #leave(): void {
    if (this.#assigned !== undefined) this.#observer?.left();
    this.#assigned = undefined;
  }

  #cancelHandlers(): void {
    for (const controller of this.#pending.keys()) controller.abort();
  }

  /** Does the work unless the member has stopped. `stop` cancels the work, and waits until it has settled. */
  async #track(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    if (this.#stopped !== undefined) return;
    const controller = new AbortController();
    const done = work(controller.signal);
    this.#pending.set(controller, done);
    await done.finally(() => this.#pending.delete(controller));
  }

  async #handleBatch(
    payload: EachBatchPayload,
    batchHandler: BatchHandler,
    signal: AbortSignal,
  ): Promise<void> {
    let eviction: Error | undefined;
    // While the store is down, a handler waits. Heartbeats keep the member in its group meanwhile.
    const heartbeats = setInterval(() => {
      // A stopping member sends no heartbeats, so the group removes it even if its handler hangs.
      if (this.#stopped !== undefined) return;
      payload.heartbeat().catch((error: unknown) => {
        if (!isOfType(error, evictionTypes)) return;
        eviction = error;
        this.#cancelHandlers();
      });
    }, this.#heartbeatMs);
    try {
      await batchHandler.handle(payload, signal);
    } catch (error) {
      if (!(error instanceof ResumeRefused)) throw error;
      this.#end(error.cause);
    } finally {
      clearInterval(heartbeats);
    }
    // This error makes KafkaJS join the group again.
    if (eviction !== undefined && this.#stopped === undefined) throw eviction;
  }
}
