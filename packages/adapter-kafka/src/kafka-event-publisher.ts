import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type ActivityLogged,
  DomainError,
  type EventPublisher,
  type OriginalRecord,
  partitionOf,
  type PublishObserver,
  replayed,
  type RepublishOutcome,
} from '@user-activity/domain';
import { backOff, settlesWithin } from '@user-activity/timing';
import { activityMessage } from '@user-activity/topic-contract';
import { ConfirmedProducer } from './confirmed-producer.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { largestSize, messageOf } from './kafka-record.ts';
import { type Call, type Entry, type Portion, PublishQueue } from './publish-queue.ts';
import type { KafkaTopic } from './kafka-topic.ts';
import { logUnavailable } from './translated.ts';
import { turns } from './turns.ts';

export interface KafkaEventPublisherOptions {
  /** Rejects a publish that is not confirmed after this time in milliseconds. Default: 10,000. */
  readonly publishTimeoutMs?: number;
  /** The maximum number of unconfirmed events. Default: 100,000. */
  readonly bufferedEvents?: number;
  /** The maximum size of unconfirmed messages in bytes. Default: 64 MiB. */
  readonly bufferedBytes?: number;
  readonly observer?: PublishObserver;
}

/** An entry without its call. */
type Draft = Omit<Entry, 'call'>;

// Below a broker's default limit of 1 MiB for a batch with its framing. Three activities of the maximum size fit.
const maxPartitionBytes = 900_000;
// An upper bound for the attributes, header names and framing of one message, in bytes.
const messageOverhead = 300;
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
  /** The pending calls, in the order of their deadlines. */
  readonly #calls: Set<Call> = new Set();
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

  async publish(events: readonly ActivityLogged[]): Promise<void> {
    await this.#submit(events, (event) => this.#draftOf(event));
  }

  async republish(records: readonly OriginalRecord[]): Promise<readonly RepublishOutcome[]> {
    const { partitions, maxMessageBytes } = this.#topic;
    const outcomes: RepublishOutcome[] = [];
    await this.#submit(records, (original) => {
      const record = replayed(original);
      const bytes = largestSize(record);
      // A record may be too large because it was compressed on the log, or written under a higher limit.
      outcomes.push(bytes > maxMessageBytes ? 'too-large' : 'published');
      if (bytes > maxMessageBytes) return undefined;
      const { key } = record;
      const partition = key === null ? original.origin.partition % partitions : partitionOf(key, partitions);
      return { partition, bytes, message: messageOf(record, partition) };
    });
    return outcomes;
  }

  #draftOf(event: ActivityLogged): Draft {
    const { key, value, headers, timestamp } = activityMessage(event, { source: ceSource });
    const [keyBytes, valueBytes] = [Buffer.from(key), Buffer.from(value)];
    const bytes = messageOverhead + 2 * keyBytes.length + valueBytes.length;
    const partition = partitionOf(keyBytes, this.#topic.partitions);
    const message = { key: keyBytes, value: valueBytes, headers, partition, timestamp: String(timestamp) };
    return { bytes, partition, message };
  }

  async ping(): Promise<void> {
    this.#assertOpen();
    await this.#topic.assertWritable(this.#timeoutMs);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // Shorter than the deadlines of the calls: a log that works confirms much faster.
    const pending = [...this.#calls].map(({ promise }) => promise);
    await settlesWithin(closingMs, Promise.allSettled([...pending, this.#sending]));
    for (const call of this.#calls) this.#settle(call, () => call.reject(logUnavailable(this.#failure)));
    await this.#producer.close();
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new DomainError('LOG_UNAVAILABLE', 'The publisher is closed.');
  }

  /** Resolves once the log holds the sources' messages. Skips a source for which `draft` returns undefined. */
  #submit<Source>(
    sources: readonly Source[],
    draft: (source: Source) => Draft | undefined,
  ): Promise<void> | undefined {
    this.#assertOpen();
    if (sources.length === 0) return undefined;
    if (this.#events + sources.length > this.#maxEvents) throw busy();
    const call: Call = {
      ...Promise.withResolvers<void>(),
      deadline: performance.now() + this.#timeoutMs,
      events: sources.length,
      bytes: 0,
      unconfirmed: 0,
      settled: false,
    };
    this.#calls.add(call);
    this.#expiry ??= this.#startExpiryTimer(call);
    this.#addToBuffer(call.events, 0);
    void this.#enqueue(call, sources, draft);
    return call.promise;
  }

  /** Makes the messages of a call, with pauses, and queues them once all are made. The buffer counts each message when it is made. */
  async #enqueue<Source>(
    call: Call,
    sources: readonly Source[],
    draft: (source: Source) => Draft | undefined,
  ): Promise<void> {
    try {
      const entries: Entry[] = [];
      const turn = turns.begin();
      for (const source of sources) {
        const entry = draft(source);
        if (entry === undefined) continue;
        const { bytes } = entry;
        if (this.#bytes + bytes > this.#maxBytes) throw busy();
        call.bytes += bytes;
        this.#addToBuffer(0, bytes);
        entries.push({ ...entry, call });
        if (turn.isOverAfter(bytes)) await turn.next();
        if (call.settled) return;
      }
      call.unconfirmed = entries.length;
      for (const entry of entries) this.#queue.add(entry);
      if (entries.length === 0) this.#settle(call, call.resolve);
      else this.#sending ??= this.#sendAll();
    } catch (error) {
      this.#settle(call, () => call.reject(error));
    }
  }

  #addToBuffer(events: number, bytes: number): void {
    this.#events += events;
    this.#bytes += bytes;
    this.#observer?.buffered(this.#events, this.#bytes);
  }

  #settle(call: Call, settle: () => void): void {
    if (call.settled) return;
    call.settled = true;
    this.#calls.delete(call);
    if (this.#calls.size === 0) {
      clearTimeout(this.#expiry);
      this.#expiry = undefined;
    }
    this.#addToBuffer(-call.events, -call.bytes);
    settle();
  }

  #startExpiryTimer({ deadline }: Call): NodeJS.Timeout {
    return setTimeout(() => this.#expire(), Math.max(1, deadline - performance.now()));
  }

  #expire(): void {
    const now = performance.now();
    for (const call of this.#calls) {
      if (call.deadline > now) break;
      this.#settle(call, () => call.reject(logUnavailable(this.#failure)));
    }
    this.#queue.dropSettled();
    const [next] = this.#calls;
    this.#expiry = next && this.#startExpiryTimer(next);
  }

  /** Sends portions until the queue is empty, or no call waits any more. */
  async #sendAll(): Promise<void> {
    // Waits for all calls of this turn of the event loop, to send their events together.
    await nextTurn();
    for (let failures = 0; this.#calls.size > 0 && !this.#queue.isEmpty; ) {
      const portion = this.#queue.take();
      // After a failure, sends one request per partition, so that healthy partitions succeed.
      this.#failure = await this.#send(portion, failures > 0);
      failures = this.#failure === undefined ? 0 : failures + 1;
      if (failures > 0) await backOff(failures, undefined, maxBackOffMs);
    }
    this.#sending = undefined;
  }

  /** Sends a portion, settles completed calls, and puts back unconfirmed messages. Returns the failure, if any. */
  async #send(portion: Portion, separately: boolean): Promise<unknown> {
    const messages = new Map(
      [...portion].map(([partition, entries]) => [partition, entries.map(({ message }) => message)]),
    );
    const startedAt = performance.now();
    const { confirmed, failure } = await this.#producer.send(messages, separately);
    const seconds = (performance.now() - startedAt) / 1000;
    let events = 0;
    let bytes = 0;
    for (const [partition, entries] of portion) {
      if (!confirmed.has(partition)) {
        this.#queue.putBack(
          partition,
          entries.filter(({ call }) => !call.settled),
        );
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
    if (portion.size > 0) this.#observer?.flushed({ events, bytes, seconds, failed: failure !== undefined });
    return failure;
  }
}

const busy = (): DomainError =>
  new DomainError('LOG_BUSY', "The publisher's buffer is full; try again later.");
