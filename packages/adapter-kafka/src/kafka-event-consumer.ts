import { setTimeout as delay } from 'node:timers/promises';
import {
  DomainError,
  type EventConsumer,
  type PartitionProgress,
  type RecordHandler,
} from '@user-activity/domain';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { retire } from './end-stopped-fetches.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import type { KafkaTopic } from './kafka-topic.ts';
import { recordPortions } from './record-portions.ts';

/** How a consumer behaves. */
export interface KafkaEventConsumerOptions {
  /** Without a sign of life for so long a member is taken for dead, and its partitions go to others. 10,000 where not given. */
  readonly sessionTimeoutMs?: number;
  /** Is told when it is in its group, with how many partitions, and when it is out of it. */
  readonly observer?: { joined(partitions: number): void; left(): void };
}

const partitionsAtOnce = 4;
const leavingMs = 3000;
const pingMs = 5000;
const progressMs = 5000;
// The coordinator's way of saying that this member's assignment is over.
const assignmentOver: ReadonlySet<string> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
]);

/** One member of a consumer group. Several partitions are worked on at once, each in its order. */
export class KafkaEventConsumer implements EventConsumer {
  readonly #topic: KafkaTopic;
  readonly #group: string;
  readonly #consumer: Consumer;
  readonly #sessionMs: number;
  readonly #heartbeatMs: number;
  readonly #observer: KafkaEventConsumerOptions['observer'];
  readonly #underWay: Map<AbortController, Promise<void>> = new Map();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly ended: Promise<void> = this.#ended.promise;
  /** What KafkaJS hands batches to, once it was started. */
  #eachBatch: ((payload: EachBatchPayload) => Promise<void>) | undefined;
  /** The partitions that are its own while it is in its group, as far as it knows. */
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
        // It crashes, and comes back, also after a stop that came meanwhile: then nobody would handle what it is given.
        restartOnFailure: async () => this.#stopped === undefined,
      })
      .consumer({
        groupId: group,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: Math.max(30_000, sessionTimeoutMs),
        heartbeatInterval: this.#heartbeatMs,
        // A stop waits for the fetch that is under way.
        maxWaitTimeInMs: 500,
        allowAutoTopicCreation: false,
      });
    // Whoever wants to know looks at it.
    this.ended.catch(() => undefined);
  }

  async start(handler: RecordHandler): Promise<void> {
    if (this.#eachBatch !== undefined) throw new Error('A consumer is started once.');
    const eachBatch = async (payload: EachBatchPayload): Promise<void> => this.#tracked(payload, handler);
    this.#eachBatch = eachBatch;
    const joined = Promise.withResolvers<void>();
    // It may fail while the client is still starting; it is looked at below.
    joined.promise.catch(() => undefined);
    const consumer = this.#consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      joined.resolve();
      // One that was told to go may join once more before it is gone; by then the observer hears of another.
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
      // For what never comes to a handler, the marks of transactions that others wrote: else nobody would commit them.
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
    const all = await this.#topic.progressOf(this.#group, progressMs);
    const own = this.#assigned;
    return own === undefined ? all : all.filter(({ partition }) => own.has(partition));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stoppedAt = performance.now();
    this.#cancel();
    this.#leave();
    // First, as it waits for the handlers; they settle soon, as they are cancelled.
    const left = this.#consumer.disconnect();
    if (this.#eachBatch !== undefined) retire(this.#eachBatch);
    await Promise.allSettled(this.#underWay.values());
    // A group that is told nothing finds out by itself.
    await Promise.race([left.catch(() => undefined), delay(leavingMs, undefined, { ref: false })]);
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
    // Work may take as long as an outage of the store lasts: the member stays in the group, and learns when its time is over.
    const beat = setInterval(() => {
      // A member that is to go and does not settle must miss its heartbeats, for the group to notice.
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
        if (!(await handled(handler, records, signal))) break;
        // Whoever has the partition by now handles these too. To try would make the client join its group again.
        if (performance.now() - this.#stoppedAt > this.#sessionMs) return;
        payload.resolveOffset(lastOffset);
        await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
      }
    } finally {
      clearInterval(beat);
    }
    // Told to the client, which joins the group anew.
    if (over !== undefined && this.#stopped === undefined) throw over;
  }
}

/** Whether it was done before it was cancelled; a handler that rejects is called again, after a pause that grows to 5 s. */
async function handled(
  handler: RecordHandler,
  records: Parameters<RecordHandler>[0],
  signal: AbortSignal,
): Promise<boolean> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      await handler(records, signal);
      return true;
    } catch {
      const pause = Math.min(5000, 25 * 2 ** Math.min(failures, 10));
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }
  return false;
}

const isAssignmentOver = (error: unknown): error is Error =>
  error instanceof Error &&
  'type' in error &&
  typeof error.type === 'string' &&
  assignmentOver.has(error.type);
