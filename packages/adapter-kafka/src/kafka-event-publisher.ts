import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  DomainError,
  type EventPublisher,
  type LogEvent,
  type OriginalRecord,
  partitionOf,
  type PublishObserver,
  replayed,
  type RepublishOutcome,
} from '@user-activity/domain';
import { backOff, settlesWithin } from '@user-activity/timing';
import type { NewRecord } from '@user-activity/record-batch';
import { eventMessage } from '@user-activity/topic-contract';
import { Node, Yallist } from 'yallist';
import { ConfirmedProducer } from './confirmed-producer.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { largestSize } from './kafka-record.ts';
import { type Call, type Entry, type Portion, PublishQueue } from './publish-queue.ts';
import type { KafkaTopic } from './kafka-topic.ts';
import { logUnavailable } from './translate-errors.ts';
import { turns } from './turns.ts';

export interface KafkaEventPublisherOptions {
  /** The milliseconds after which `publish` rejects if Kafka has not confirmed its events. Default: 10,000. */
  readonly publishTimeoutMs?: number;
  /** The maximum number of unconfirmed events. Default: 100,000. */
  readonly bufferedEvents?: number;
  /** The maximum size of unconfirmed records in bytes. Default: 64 MiB. */
  readonly bufferedBytes?: number;
  readonly observer?: PublishObserver;
}

/** Makes the queue entry of a source: an event, or the original record of a dead letter. Returns undefined to skip the source. */
type MakeEntry<Source> = (source: Source, call: Call) => Entry | undefined;

// Below a broker's default limit of 1 MiB for a batch with its framing. Three activities of the maximum size fit.
const maxPartitionBytes = 900_000;
// An upper bound for the attributes, header names and framing of one record, in bytes.
const recordOverhead = 300;
// How long `close` waits for the confirmation of pending events.
const closingMs = 1500;
// Short, so that several attempts fit into the publish timeout.
const maxBackOffMs = 1000;
const ceSource = '/user-activity';

/**
 * Publishes to a Kafka topic. Events that arrive during a pending request are sent together in the next request, so the number of
 * requests does not grow with the load. Sends events again, in order, until all in-sync replicas confirm them.
 */
export class KafkaEventPublisher implements EventPublisher {
  readonly #topic: KafkaTopic;
  readonly #producer: ConfirmedProducer;
  readonly #queue: PublishQueue;
  readonly #timeoutMs: number;
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  readonly #observer: PublishObserver | undefined;
  /** The pending calls, in the order of their deadlines. Not a `Set`: V8 keeps its old tables, which delays garbage collection. */
  readonly #calls: Yallist<Call> = new Yallist();
  #events = 0;
  #bytes = 0;
  /** Why the last attempt failed; undefined if it succeeded. */
  #failure: unknown;
  #sending: Promise<void> | undefined;
  /** Fires at the next deadline of a call. */
  #expiry: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  constructor(connection: KafkaConnection, topic: KafkaTopic, options: KafkaEventPublisherOptions = {}) {
    this.#topic = topic;
    this.#timeoutMs = options.publishTimeoutMs ?? 10_000;
    this.#maxEvents = options.bufferedEvents ?? 100_000;
    this.#maxBytes = options.bufferedBytes ?? 64 * 1024 * 1024;
    this.#observer = options.observer;
    // One attempt gets half of the time, so that another can follow if a broker hangs.
    this.#producer = new ConfirmedProducer(connection, topic.name, Math.ceil(this.#timeoutMs / 2));
    this.#queue = new PublishQueue(topic.partitions, maxPartitionBytes);
  }

  publish(events: readonly LogEvent[]): Promise<void> {
    return this.#submit(events, this.#entryOf);
  }

  async republish(records: readonly OriginalRecord[]): Promise<readonly RepublishOutcome[]> {
    const { partitions, maxMessageBytes } = this.#topic;
    const outcomes: RepublishOutcome[] = [];
    await this.#submit(records, (original, call) => {
      const record = replayed(original);
      const bytes = largestSize(record);
      // A record may be too large because it was compressed on the log, or written under a higher limit.
      outcomes.push(bytes > maxMessageBytes ? 'too-large' : 'published');
      if (bytes > maxMessageBytes) return undefined;
      const { key } = record;
      const partition = key === null ? original.origin.partition % partitions : partitionOf(key, partitions);
      return { partition, bytes, record: { ...record, timestamp: Date.now() }, call };
    });
    return outcomes;
  }

  readonly #entryOf: MakeEntry<LogEvent> = (event, call) => {
    const message = eventMessage(event, { source: ceSource });
    const key = Buffer.from(message.key);
    const bytes = recordOverhead + 2 * key.length + Buffer.byteLength(message.value);
    return { partition: partitionOf(key, this.#topic.partitions), record: message, bytes, call };
  };

  async ping(): Promise<void> {
    this.#assertOpen();
    await this.#topic.assertWritable(this.#timeoutMs);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const pending = [...this.#calls].map(({ promise }) => promise);
    // Does not wait for the deadlines of the calls, because a log that works confirms much faster.
    await settlesWithin(closingMs, Promise.allSettled([...pending, this.#sending]));
    this.#rejectOldest(Number.POSITIVE_INFINITY);
    await this.#producer.close();
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw closed();
  }

  /** Queues a record of each source, and resolves once the log holds them. Skips a source for which `makeEntry` returns undefined. */
  #submit<Source>(sources: readonly Source[], makeEntry: MakeEntry<Source>): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(closed());
    if (sources.length === 0) return Promise.resolve();
    if (this.#events + sources.length > this.#maxEvents) return Promise.reject(busy());
    const call: Call = {
      ...Promise.withResolvers<void>(),
      deadline: performance.now() + this.#timeoutMs,
      events: sources.length,
      bytes: 0,
      unconfirmed: 0,
      settled: false,
    };
    call.place = new Node(call);
    this.#calls.pushNode(call.place);
    this.#expiry ??= this.#startExpiryTimer(call);
    this.#events += call.events;
    void this.#enqueue(call, sources, makeEntry);
    return call.promise;
  }

  /** Makes the records of a call, with pauses, and queues them once all are made. The buffer counts each record when it is made. */
  async #enqueue<Source>(
    call: Call,
    sources: readonly Source[],
    makeEntry: MakeEntry<Source>,
  ): Promise<void> {
    try {
      const entries: Entry[] = [];
      const turn = turns.begin();
      for (const source of sources) {
        const entry = makeEntry(source, call);
        if (entry === undefined) continue;
        const { bytes } = entry;
        if (this.#bytes + bytes > this.#maxBytes) throw busy();
        call.bytes += bytes;
        this.#bytes += bytes;
        entries.push(entry);
        if (turn.isOverAfter(bytes)) {
          this.#reportBuffer();
          await turn.next();
        }
        if (call.settled) return;
      }
      this.#reportBuffer();
      call.unconfirmed = entries.length;
      for (const entry of entries) this.#queue.add(entry);
      if (entries.length === 0) this.#settle(call, call.resolve);
      else this.#sending ??= this.#sendAll();
    } catch (error) {
      this.#settle(call, () => call.reject(error));
    }
  }

  #reportBuffer(): void {
    this.#observer?.buffered(this.#events, this.#bytes);
  }

  #settle(call: Call, settle: () => void): void {
    if (call.settled) return;
    call.settled = true;
    if (call.place !== undefined) this.#calls.removeNode(call.place);
    if (this.#calls.length === 0) {
      clearTimeout(this.#expiry);
      this.#expiry = undefined;
    }
    this.#events -= call.events;
    this.#bytes -= call.bytes;
    this.#reportBuffer();
    settle();
  }

  #startExpiryTimer({ deadline }: Call): NodeJS.Timeout {
    return setTimeout(() => this.#expire(), Math.max(1, deadline - performance.now()));
  }

  #expire(): void {
    this.#rejectOldest(performance.now());
    this.#queue.dropSettled();
    const next = this.#calls.head?.value;
    this.#expiry = next && this.#startExpiryTimer(next);
  }

  /** Rejects the calls whose deadline is not after `latest`. */
  #rejectOldest(latest: number): void {
    for (let call = this.#calls.head?.value; call !== undefined; call = this.#calls.head?.value) {
      const { deadline, reject } = call;
      if (deadline > latest) break;
      this.#settle(call, () => reject(logUnavailable(this.#failure)));
    }
  }

  /** Sends portions until the queue is empty, or no call is pending. */
  async #sendAll(): Promise<void> {
    // Waits for the calls of this turn of the event loop and of the next one, so that more events share a request.
    await nextTurn();
    await nextTurn();
    for (let failures = 0; this.#calls.length > 0 && !this.#queue.isEmpty; ) {
      const portion = this.#queue.take();
      if (portion.size === 0) continue;
      // After a failure, sends one request per partition, so that healthy partitions succeed.
      this.#failure = await this.#send(portion, failures > 0);
      failures = this.#failure === undefined ? 0 : failures + 1;
      if (failures > 0) await backOff(failures, undefined, maxBackOffMs);
    }
    this.#sending = undefined;
  }

  /** Sends a portion, settles completed calls, and puts back unconfirmed records. Returns the failure, if any. */
  async #send(portion: Portion, separately: boolean): Promise<unknown> {
    const records = new Map<number, readonly NewRecord[]>();
    for (const [partition, entries] of portion)
      records.set(
        partition,
        entries.map(({ record }) => record),
      );
    const startedAt = performance.now();
    const { confirmed, failure } = await this.#producer.send(records, separately);
    const seconds = (performance.now() - startedAt) / 1000;
    let events = 0;
    let bytes = 0;
    for (const [partition, entries] of portion) {
      if (!confirmed.has(partition)) {
        this.#queue.putBack(partition, entries);
        continue;
      }
      events += entries.length;
      for (const entry of entries) {
        const { call } = entry;
        bytes += entry.bytes;
        call.unconfirmed -= 1;
        if (call.unconfirmed === 0) this.#settle(call, call.resolve);
      }
    }
    this.#observer?.flushed({ events, bytes, seconds, failed: failure !== undefined });
    return failure;
  }
}

const closed = (): DomainError => new DomainError('LOG_UNAVAILABLE', 'The publisher is closed.');

const busy = (): DomainError =>
  new DomainError('LOG_BUSY', "The publisher's buffer is full; try again later.");
