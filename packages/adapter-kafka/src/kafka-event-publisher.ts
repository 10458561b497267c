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
import type { Message } from 'kafkajs';
import { ConfirmedProducer } from './confirmed-producer.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { largestSize, messageOf } from './kafka-record.ts';
import { type Call, type Portion, PublishQueue } from './publish-queue.ts';
import type { KafkaTopic } from './kafka-topic.ts';
import { logUnavailable } from './translated.ts';
import { turns } from './turns.ts';

/** Options of a publisher. */
export interface KafkaEventPublisherOptions {
  /** The time after which an unconfirmed publish is rejected, in milliseconds. Default: 10,000. */
  readonly publishTimeoutMs?: number;
  /** The maximum number of unconfirmed events. Default: 100,000. */
  readonly bufferedEvents?: number;
  /** The maximum size of unconfirmed messages in bytes. Default: 64 MiB. */
  readonly bufferedBytes?: number;
  readonly observer?: PublishObserver;
}

/** A message and its partition. */
interface Placed {
  readonly partition: number;
  readonly message: Message;
  readonly size: number;
}

// Below a broker's default limit of 1 MiB per partition, with room for framing. Three of the largest activities fit.
const maxPartitionBytes = 900_000;
// An upper bound for the attributes, header names and framing of one message, in bytes.
const overhead = 300;
// How long `close` waits for pending events to be confirmed.
const closingMs = 1500;
// Short, so that several attempts fit into a publish timeout.
const maxPauseMs = 1000;
const ceSource = '/user-activity';

/**
 * Publishes to a Kafka topic. Events that arrive while a request is pending are sent together with the next one, so the number of
 * requests does not grow with the load. Events that not all in-sync replicas confirmed are sent again, in order.
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
  #working: Promise<void> | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;

  constructor(connection: KafkaConnection, topic: KafkaTopic, options: KafkaEventPublisherOptions = {}) {
    this.#topic = topic;
    this.#timeoutMs = options.publishTimeoutMs ?? 10_000;
    this.#maxEvents = options.bufferedEvents ?? 100_000;
    this.#maxBytes = options.bufferedBytes ?? 64 * 1024 * 1024;
    this.#observer = options.observer;
    // Half of the time for one attempt, so that a hanging broker leaves time for another.
    this.#producer = new ConfirmedProducer(connection, topic.name, Math.ceil(this.#timeoutMs / 2));
    this.#queue = new PublishQueue(topic.partitions, maxPartitionBytes);
  }

  async publish(events: readonly ActivityLogged[]): Promise<void> {
    await this.#take(events, (event) => this.#placed(event));
  }

  async republish(records: readonly OriginalRecord[]): Promise<readonly RepublishOutcome[]> {
    const { partitions, maxMessageBytes } = this.#topic;
    const outcomes: RepublishOutcome[] = [];
    await this.#take(records, (original) => {
      const record = replayed(original);
      const size = largestSize(record);
      // The broker would never accept it: it was written under a higher limit, or compressed.
      outcomes.push(size > maxMessageBytes ? 'too-large' : 'published');
      if (size > maxMessageBytes) return undefined;
      const { key } = record;
      const partition = key === null ? original.origin.partition % partitions : partitionOf(key, partitions);
      return { partition, size, message: messageOf(record, partition) };
    });
    return outcomes;
  }

  #placed(event: ActivityLogged): Placed {
    const { key, value, headers, timestamp } = activityMessage(event, { source: ceSource });
    const [keyBytes, valueBytes] = [Buffer.from(key), Buffer.from(value)];
    const size = overhead + 2 * keyBytes.length + valueBytes.length;
    const partition = partitionOf(keyBytes, this.#topic.partitions);
    const message = { key: keyBytes, value: valueBytes, headers, partition, timestamp: String(timestamp) };
    return { size, partition, message };
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
    // A working log confirms much faster. If it does not answer, a stop can't wait for the deadlines.
    const underWay = [...this.#calls].map(({ promise }) => promise);
    await settlesWithin(closingMs, Promise.allSettled([...underWay, this.#working]));
    for (const call of this.#calls) this.#settle(call, () => call.reject(logUnavailable(this.#failure)));
    await this.#producer.close();
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new DomainError('LOG_UNAVAILABLE', 'The publisher is closed.');
  }

  /** Resolves once the log holds the messages that `place` makes of the sources. It skips a source if `place` returns undefined. */
  #take<Source>(
    sources: readonly Source[],
    place: (source: Source) => Placed | undefined,
  ): Promise<void> | undefined {
    this.#assertOpen();
    if (sources.length === 0) return undefined;
    if (this.#events + sources.length > this.#maxEvents) throw busy();
    const call: Call = {
      ...Promise.withResolvers<void>(),
      deadline: performance.now() + this.#timeoutMs,
      events: sources.length,
      bytes: 0,
      left: 0,
      settled: false,
    };
    this.#calls.add(call);
    this.#expiry ??= this.#awaitExpiry(call);
    this.#hold(call.events, 0);
    void this.#enqueue(call, sources, place);
    return call.promise;
  }

  /** Makes the messages of a call, with pauses, and queues them once all are made. Each counts for the buffer once it is made. */
  async #enqueue<Source>(
    call: Call,
    sources: readonly Source[],
    place: (source: Source) => Placed | undefined,
  ): Promise<void> {
    try {
      const messages: Placed[] = [];
      const turn = turns.begin();
      for (const source of sources) {
        const placed = place(source);
        if (placed === undefined) continue;
        if (this.#bytes + placed.size > this.#maxBytes) throw busy();
        call.bytes += placed.size;
        this.#hold(0, placed.size);
        messages.push(placed);
        if (turn.isOverAfter(placed.size)) await turn.next();
        if (call.settled) return;
      }
      call.left = messages.length;
      for (const { partition, message, size } of messages)
        this.#queue.add(partition, { message, bytes: size, call });
      if (messages.length === 0) this.#settle(call, call.resolve);
      else this.#working ??= this.#work();
    } catch (error) {
      this.#settle(call, () => call.reject(error));
    }
  }

  /** Changes the counts of pending events and bytes. */
  #hold(events: number, bytes: number): void {
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
    this.#hold(-call.events, -call.bytes);
    settle();
  }

  #awaitExpiry({ deadline }: Call): NodeJS.Timeout {
    return setTimeout(() => this.#expire(), Math.max(1, deadline - performance.now()));
  }

  #expire(): void {
    const now = performance.now();
    let expired = 0;
    let next: Call | undefined;
    for (const call of this.#calls) {
      if (call.deadline > now) {
        next = call;
        break;
      }
      expired += 1;
      this.#settle(call, () => call.reject(logUnavailable(this.#failure)));
    }
    if (expired > 0) this.#queue.forgetSettled();
    this.#expiry = next && this.#awaitExpiry(next);
  }

  /** Sends until no message is left to send, or no call waits for one. */
  async #work(): Promise<void> {
    // Events of the same turn of the event loop are sent together.
    await nextTurn();
    for (let failures = 0; this.#calls.size > 0 && !this.#queue.isEmpty; ) {
      const portion = this.#queue.take();
      // After a failure, one request per partition: then the healthy ones succeed and are not sent again.
      this.#failure = await this.#send(portion, failures > 0);
      failures = this.#failure === undefined ? 0 : failures + 1;
      if (failures > 0) await backOff(failures, undefined, maxPauseMs);
    }
    this.#working = undefined;
  }

  /** Sends a portion, settles completed calls and puts back unconfirmed messages. Returns the failure, if any. */
  async #send(portion: Portion, apart: boolean): Promise<unknown> {
    const messages = new Map(
      [...portion].map(([partition, entries]) => [partition, entries.map(({ message }) => message)]),
    );
    const began = performance.now();
    const { confirmed, failure } = await this.#producer.send(messages, apart);
    const seconds = (performance.now() - began) / 1000;
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
        call.left -= 1;
        if (call.left === 0) this.#settle(call, call.resolve);
      }
    }
    if (portion.size > 0) this.#observer?.flushed({ events, bytes, seconds, failed: failure !== undefined });
    return failure;
  }
}

const busy = (): DomainError => new DomainError('LOG_BUSY', "The publisher's buffer is full.");
