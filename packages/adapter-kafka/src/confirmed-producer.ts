import kafkajs, { type Message, type Producer } from 'kafkajs';
import type { KafkaConnection } from './kafka-connection.ts';
import { Renewable } from './renewable.ts';

/** Messages by partition. */
type Messages = ReadonlyMap<number, readonly Message[]>;

interface SendResult {
  /** The partitions whose messages are confirmed. */
  readonly confirmed: ReadonlySet<number>;
  /** Why other partitions are not confirmed. */
  readonly failure?: unknown;
}

/**
 * Writes to one topic, and reports exactly which partitions were confirmed by all in-sync replicas. KafkaJS 2.2.4 acknowledges lost
 * records in two cases (docs/adr/0006): as an idempotent producer after a lost response, and if a leader moves while KafkaJS retries.
 * So this producer is not idempotent, never retries, counts only the partitions that a response names, and is replaced after a
 * failure. The caller must send unconfirmed messages again. Concurrent sends have no defined order.
 */
export class ConfirmedProducer {
  readonly #topic: string;
  readonly #timeoutMs: number;
  readonly #producer: Renewable<Producer>;

  constructor(connection: KafkaConnection, topic: string, timeoutMs: number) {
    this.#topic = topic;
    this.#timeoutMs = timeoutMs;
    this.#producer = new Renewable(() =>
      // The client may retry to find a broker that responds. The producer must not retry a send.
      connection.client(timeoutMs, { initialRetryTime: 50, maxRetryTime: 500, retries: 10 }).producer({
        idempotent: false,
        allowAutoTopicCreation: false,
        retry: { retries: 0 },
        // Every message names its partition.
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      }),
    );
  }

  /** With `separately`, sends one request per partition, so that no partition delays another. */
  async send(messages: Messages, separately: boolean): Promise<SendResult> {
    const requests = separately ? [...messages].map((entry) => new Map([entry])) : [messages];
    const confirmed = new Set<number>();
    try {
      await this.#producer.use(this.#timeoutMs, async (producer) => {
        const results = await Promise.allSettled(
          requests.map(async (request) => this.#produce(producer, request, confirmed)),
        );
        const failed = results.find(({ status }) => status === 'rejected');
        if (failed?.status === 'rejected') throw failed.reason;
      });
      return { confirmed };
    } catch (failure) {
      // Copied, because later responses must not count: the caller may already send the messages again.
      return { confirmed: new Set(confirmed), failure };
    }
  }

  close(): Promise<void> {
    return this.#producer.close();
  }

  async #produce(producer: Producer, messages: Messages, confirmed: Set<number>): Promise<void> {
    const responses = await producer.send({
      topic: this.#topic,
      acks: -1,
      timeout: this.#timeoutMs,
      messages: [...messages.values()].flat(),
    });
    for (const { partition, errorCode } of responses) if (errorCode === 0) confirmed.add(partition);
    const missing = [...messages.keys()].filter((partition) => !confirmed.has(partition));
    if (missing.length > 0) throw new Error(`Kafka did not confirm partition ${missing.join()}.`);
  }
}
