import kafkajs, { type Message, type Producer } from 'kafkajs';
import type { KafkaConnection } from './kafka-connection.ts';
import { Renewable } from './renewable.ts';

/** Messages by their partition. */
export type Messages = ReadonlyMap<number, readonly Message[]>;

/** What became of messages: the partitions that hold theirs for sure, and why others may not. */
export interface Sent {
  readonly confirmed: ReadonlySet<number>;
  readonly failure?: unknown;
}

/**
 * Writes to one topic and tells exactly what all in-sync replicas hold. KafkaJS 2.2.4 acknowledges what it lost in two
 * ways (docs/adr/0006): as an idempotent producer after a lost answer, and while a leader moves during a retry of its own. So
 * this one is not idempotent, never retries, counts what the answer names, and is renewed after a failure. The caller sends
 * again; two sends at a time only where nobody minds which comes first.
 */
export class ConfirmedProducer {
  readonly #topic: string;
  readonly #timeoutMs: number;
  readonly #producer: Renewable<Producer>;

  constructor(connection: KafkaConnection, topic: string, timeoutMs: number) {
    this.#topic = topic;
    this.#timeoutMs = timeoutMs;
    this.#producer = new Renewable(() =>
      // It may try again to find a broker that answers, but not to send.
      connection.client(timeoutMs, { initialRetryTime: 50, maxRetryTime: 500, retries: 10 }).producer({
        idempotent: false,
        allowAutoTopicCreation: false,
        retry: { retries: 0 },
        // Every message names its partition.
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      }),
    );
  }

  /** Sends each partition's messages in one piece. With `apart` none is held up or repeated for the sake of another. */
  async send(messages: Messages, apart: boolean): Promise<Sent> {
    const requests = apart ? [...messages].map((one) => new Map([one])) : [messages];
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
      // What is answered from now on is not to be counted: it may be sent again already.
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
