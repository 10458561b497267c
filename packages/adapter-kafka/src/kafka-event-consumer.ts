import {
  DomainError,
  type EventConsumer,
  type GroupObserver,
  type PartitionProgress,
  type RecordHandler,
} from '@user-activity/domain';
import { retry, settlesWithin } from '@user-activity/timing';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { retire } from './end-stopped-fetches.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import type { KafkaTopic } from './kafka-topic.ts';
import { recordPortions } from './record-portions.ts';

/** Options of a consumer. */
export interface KafkaEventConsumerOptions {
  /** A member without heartbeats for this long counts as dead, and its partitions go to others. Default: 10,000. */
  readonly sessionTimeoutMs?: number;
  readonly observer?: GroupObserver;
}

const partitionsAtOnce = 4;
const leavingMs = 3000;
const pingMs = 5000;
const progressMs = 5000;
// The coordinator's errors that end a member's assignment.
const assignmentOver: ReadonlySet<string> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
]);

/** One member of a consumer group. It handles up to 4 partitions at once, each in order. */
export class KafkaEventConsumer implements EventConsumer {
  readonly #topic: KafkaTopic;
  readonly #group: string;
  readonly #consumer: Consumer;
  readonly #sessionMs: number;
  readonly #heartbeatMs: number;
  readonly #observer: GroupObserver | undefined;
  readonly #underWay: Map<AbortController, Promise<void>> = new Map();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly ended: Promise<void> = this.#ended.promise;
  /** The function to which KafkaJS passes batches; undefined before the start. */
  #eachBatch: ((payload: EachBatchPayload) => Promise<void>) | undefined;
  /** The member's partitions; undefined while it is not in its group, as far as it knows. */
  #assigned: ReadonlySet<number> | undefined;
  #stopped: Promise<void> | undefined;
  #stoppedAt = Number.POSITIVE_INFINITY;

  constructor(
    connection: KafkaConnection,
    topic: KafkaTopic,
    group: string,
    { sessionTimeoutMs = 10_000, observer }: KafkaEventConsumerOptions = {},
  ) {
    this.#topic = topic;
    this.#group = group;
    this.#observer = observer;
    this.#sessionMs = sessionTimeoutMs;
    this.#heartbeatMs = Math.ceil(sessionTimeoutMs / 5);
    this.#consumer = connection
      .client(10_000, {
        initialRetryTime: 100,
        maxRetryTime: 5000,
        retries: 10,
        // KafkaJS restarts after a crash even if it was stopped meanwhile, and its records stay unhandled.
        restartOnFailure: async () => this.#stopped === undefined,
      })
      .consumer({
        groupId: group,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: Math.max(30_000, sessionTimeoutMs),
        heartbeatInterval: this.#heartbeatMs,
        // Short, because a stop waits for the pending fetch.
        maxWaitTimeInMs: 500,
        allowAutoTopicCreation: false,
      });
    // Callers that need `ended` handle it; otherwise its rejection must not end the process.
    this.ended.catch(() => undefined);
  }

  async start(handler: RecordHandler): Promise<void> {
    if (this.#eachBatch !== undefined) throw new Error('A consumer is started once.');
    const eachBatch = async (payload: EachBatchPayload): Promise<void> => this.#tracked(payload, handler);
    this.#eachBatch = eachBatch;
    const joined = Promise.withResolvers<void>();
    // It may reject before it is awaited below.
    joined.promise.catch(() => undefined);
    const consumer = this.#consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      joined.resolve();
      // A stopped member may join again before it leaves. The observer then follows another member.
      if (this.#stopped !== undefined) return;
      this.#assigned = new Set(memberAssignment[this.#topic.name]);
      this.#observer?.joined(this.#assigned.size);
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
      // Commits the transaction markers of other producers, which never reach a handler.
      autoCommitThreshold: 1,
      partitionsConsumedConcurrently: partitionsAtOnce,
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

  async progress(): Promise<readonly PartitionProgress[]> {
    const progress = await this.#topic.progressOf(this.#group, progressMs);
    const assigned = this.#assigned;
    return assigned === undefined ? progress : progress.filter(({ partition }) => assigned.has(partition));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stoppedAt = performance.now();
    this.#cancel();
    this.#leave();
    // Called first, because it waits for the handlers, which were cancelled and settle soon.
    const left = Promise.allSettled([this.#consumer.disconnect()]);
    if (this.#eachBatch !== undefined) retire(this.#eachBatch);
    await Promise.allSettled(this.#underWay.values());
    // If leaving the group takes too long, the group notices by the missing heartbeats.
    await settlesWithin(leavingMs, left);
    this.#ended.resolve();
  }

  #assertOpen(): void {
    if (this.#stopped !== undefined) throw new DomainError('LOG_UNAVAILABLE', 'The consumer has stopped.');
  }

  #leave(): void {
    if (this.#assigned !== undefined) this.#observer?.left();
    this.#assigned = undefined;
  }

  #cancel(): void {
    for (const work of this.#underWay.keys()) work.abort();
  }

  async #tracked(payload: EachBatchPayload, handler: RecordHandler): Promise<void> {
    if (this.#stopped !== undefined) return;
    const cancelling = new AbortController();
    const work = this.#handleBatch(payload, handler, cancelling.signal);
    this.#underWay.set(cancelling, work);
    try {
      await work;
    } finally {
      this.#underWay.delete(cancelling);
    }
  }

  async #handleBatch(payload: EachBatchPayload, handler: RecordHandler, signal: AbortSignal): Promise<void> {
    const { batch } = payload;
    let over: Error | undefined;
    // A handler may wait for as long as the store is down. The heartbeats keep the member in its group,
    // and report its eviction.
    const beat = setInterval(() => {
      // A stopping member sends no heartbeats, so the group evicts it even if its handler hangs.
      if (this.#stopped !== undefined) return;
      payload.heartbeat().catch((error: unknown) => {
        if (!isAssignmentOver(error)) return;
        over = error;
        this.#cancel();
      });
    }, this.#heartbeatMs);
    try {
      const portions = recordPortions(batch.topic, batch.partition, batch.messages);
      for await (const { records, lastOffset } of portions) {
        if (payload.isStale()) return;
        if (!(await retry(() => handler(records, signal), signal))) break;
        // The session is over: another member handles these records. A commit would make the client rejoin.
        if (performance.now() - this.#stoppedAt > this.#sessionMs) return;
        payload.resolveOffset(lastOffset);
        await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
      }
    } finally {
      clearInterval(beat);
    }
    // Makes the client join the group again.
    if (over !== undefined && this.#stopped === undefined) throw over;
  }
}

const isAssignmentOver = (error: unknown): error is Error =>
  error instanceof Error &&
  'type' in error &&
  typeof error.type === 'string' &&
  assignmentOver.has(error.type);
