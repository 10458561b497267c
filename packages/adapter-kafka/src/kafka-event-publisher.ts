import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import {
  type ActivityLogged,
  DomainError,
  type EventPublisher,
  type OriginalRecord,
  partitionOf,
  replayed,
  type RepublishOutcome,
} from '@user-activity/domain';
import { activityMessage } from '@user-activity/topic-contract';
import type { Message } from 'kafkajs';
import { ConfirmedProducer } from './confirmed-producer.ts';
import { logUnavailable } from './failure.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { largestSize, messageOf } from './kafka-record.ts';
import { type Call, type Portion, PublishQueue } from './publish-queue.ts';
import type { KafkaTopic } from './kafka-topic.ts';
import { turns } from './turns.ts';

/** Options of a publisher. */
export interface KafkaEventPublisherOptions {
  /** The time after which an unconfirmed publish is rejected, in milliseconds. Default: 10,000. */
  readonly publishTimeoutMs?: number;
  /** The maximum number of unconfirmed events. Default: 100,000. */
  readonly bufferedEvents?: number;
  /** The maximum size of unconfirmed messages in bytes. Default: 64 MiB. */
  readonly bufferedBytes?: number;
  /** Notified of each change of the buffer, and of each request to the log with the events that it confirmed. */
  readonly observer?: {
    buffered(events: number, bytes: number): void;
    flushed(flush: { events: number; bytes: number; seconds: number; failed: boolean }): void;
  };
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
const source = '/user-activity';

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
  readonly #observer: KafkaEventPublisherOptions['observer'];
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
    this.#assertRoom(events.length);
    const turn = turns.begin();
    const messages: Placed[] = [];
    for (const event of events) {
      const placed = this.#placed(event);
      messages.push(placed);
      if (turn.isOverAfter(placed.size)) await turn.next();
    }
    await this.#enqueue(messages);
  }

  async republish(records: readonly OriginalRecord[]): Promise<readonly RepublishOutcome[]> {
    this.#assertRoom(records.length);
    const { partitions, maxMessageBytes } = this.#topic;
    const outcomes: RepublishOutcome[] = [];
    const turn = turns.begin();
    const messages: Placed[] = [];
    for (const original of records) {
      const record = replayed(original);
      const size = largestSize(record);
      // The broker would never accept it: it was written under a higher limit, or compressed.
      outcomes.push(size > maxMessageBytes ? 'too-large' : 'published');
      if (size > maxMessageBytes) continue;
      const { key } = record;
      const partition = key === null ? original.origin.partition % partitions : partitionOf(key, partitions);
      messages.push({ partition, size, message: messageOf(record, partition) });
      if (turn.isOverAfter(size)) await turn.next();
    }
    await this.#enqueue(messages);
    return outcomes;
  }

  #placed(event: ActivityLogged): Placed {
    const { key, value, headers, timestamp } = activityMessage(event, { source });
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
    const late = delay(closingMs, undefined, { ref: false });
    await Promise.race([this.#working, late]);
    for (const call of this.#calls) this.#settle(call, () => call.reject(logUnavailable(this.#failure)));
    clearTimeout(this.#expiry);
    await this.#producer.close();
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new DomainError('LOG_UNAVAILABLE', 'The publisher is closed.');
  }

  #assertRoom(events: number): void {
    this.#assertOpen();
    if (this.#events + events > this.#maxEvents) throw busy();
  }

  /** Queues the messages. Resolves once the log has confirmed all of them. */
  async #enqueue(messages: readonly Placed[]): Promise<void> {
    if (messages.length === 0) return;
    // Other calls may have filled the buffer meanwhile.
    this.#assertRoom(messages.length);
    const bytes = messages.reduce((sum, { size }) => sum + size, 0);
    if (this.#bytes + bytes > this.#maxBytes) throw busy();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const call: Call = {
      deadline: performance.now() + this.#timeoutMs,
      bytes,
      events: messages.length,
      left: messages.length,
      settled: false,
      resolve,
      reject,
    };
    for (const { partition, message, size } of messages)
      this.#queue.add(partition, { message, bytes: size, call });
    this.#admit(call);
    return promise;
  }

  #admit(call: Call): void {
    this.#calls.add(call);
    this.#events += call.events;
    this.#bytes += call.bytes;
    this.#observer?.buffered(this.#events, this.#bytes);
    this.#expiry ??= this.#awaitExpiry(call);
    this.#working ??= this.#work();
  }

  #settle(call: Call, settle: () => void): void {
    if (call.settled) return;
    call.settled = true;
    this.#calls.delete(call);
    this.#events -= call.events;
    this.#bytes -= call.bytes;
    this.#observer?.buffered(this.#events, this.#bytes);
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

  /** Sends until no call is pending. */
  async #work(): Promise<void> {
    // Events of the same turn of the event loop are sent together.
    await nextTurn();
    for (let failures = 0; this.#calls.size > 0; ) {
      const portion = this.#queue.take();
      // After a failure, one request per partition: then the healthy ones succeed and are not sent again.
      this.#failure = await this.#send(portion, failures > 0);
      failures = this.#failure === undefined ? 0 : failures + 1;
      if (failures > 0) await delay(Math.min(1000, 25 * 2 ** Math.min(failures, 6)));
    }
    clearTimeout(this.#expiry);
    this.#expiry = undefined;
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
