import kafkajs, { type Message, type Producer } from 'kafkajs';
import type { KafkaConnection } from './kafka-connection.ts';
import { Renewable } from './renewable.ts';

/** Messages by partition. */
export type Messages = ReadonlyMap<number, readonly Message[]>;

/** The result of a send: the partitions that confirmed their messages, and why others did not. */
export interface Sent {
  readonly confirmed: ReadonlySet<number>;
  readonly failure?: unknown;
}

/**
 * Writes to one topic and reports exactly which partitions all in-sync replicas confirmed. KafkaJS 2.2.4 acknowledges lost records
 * in two cases (docs/adr/0006): as an idempotent producer after a lost answer, and when a leader moves during its own retry. So this
 * producer is not idempotent, never retries, counts only the partitions that the answer names, and is replaced after a failure.
 * The caller sends again. Concurrent sends have no defined order.
 */
export class ConfirmedProducer {
  readonly #topic: string;
  readonly #timeoutMs: number;
  readonly #producer: Renewable<Producer>;

  constructor(connection: KafkaConnection, topic: string, timeoutMs: number) {
    this.#topic = topic;
    this.#timeoutMs = timeoutMs;
    this.#producer = new Renewable(() =>
      // It may retry to find a broker that answers, but must not retry a send.
      connection.client(timeoutMs, { initialRetryTime: 50, maxRetryTime: 500, retries: 10 }).producer({
        idempotent: false,
        allowAutoTopicCreation: false,
        retry: { retries: 0 },
        // Every message names its partition.
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      }),
    );
  }

  /** Sends the messages of each partition together. With `apart`, one request per partition, so that none delays another. */
  async send(messages: Messages, apart: boolean): Promise<Sent> {
    const requests = apart ? [...messages].map((entry) => new Map([entry])) : [messages];
    const confirmed = new Set<number>();
    try {
      await this.#producer.use(this.#timeoutMs, async (producer) => {
        const answers = await Promise.allSettled(
          requests.map(async (request) => this.#produce(producer, request, confirmed)),
        );
        const failed = answers.find(({ status }) => status === 'rejected');
        if (failed?.status === 'rejected') throw failed.reason;
      });
      return { confirmed };
    } catch (failure) {
      // A copy: answers from now on must not count, because the messages may be sent again already.
      return { confirmed: new Set(confirmed), failure };
    }
  }

  close(): Promise<void> {
    return this.#producer.close();
  }

  async #produce(producer: Producer, messages: Messages, confirmed: Set<number>): Promise<void> {
    const answer = await producer.send({
      topic: this.#topic,
      acks: -1,
      timeout: this.#timeoutMs,
      messages: [...messages.values()].flat(),
    });
    for (const { partition, errorCode } of answer) if (errorCode === 0) confirmed.add(partition);
    const silent = [...messages.keys()].filter((partition) => !confirmed.has(partition));
    if (silent.length > 0) throw new Error(`The answer does not name partition ${silent.join()}.`);
  }
}
