import type { KafkaConnection } from './kafka-connection.ts';
import { brokerError, failuresOf, ProduceClient } from './produce-client.ts';
import type { ProducedPartition, RecordsByPartition } from './produce-request.ts';
import { Renewable } from './renewable.ts';

interface SendResult {
  /** The partitions whose records are confirmed. */
  readonly confirmed: ReadonlySet<number>;
  /** The first failure. Undefined if all partitions are confirmed. */
  readonly failure?: unknown;
}

/**
 * Writes to one topic, and reports exactly which partitions were confirmed by all in-sync replicas. KafkaJS 2.2.4 acknowledges lost
 * records in two cases (docs/adr/0006): as an idempotent producer after a lost response, and if a leader moves while KafkaJS retries.
 * So this producer is not idempotent, never retries, counts only the partitions that a response names without an error, and makes a new
 * client after a failure. The caller must send unconfirmed records again. Concurrent sends have no defined order.
 */
export class ConfirmedProducer {
  readonly #timeoutMs: number;
  readonly #client: Renewable<ProduceClient>;

  constructor(connection: KafkaConnection, topic: string, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    // The client may retry to find a broker that responds. Nothing retries a send.
    const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 10 };
    this.#client = new Renewable(
      () => new ProduceClient(connection.client(timeoutMs, retry), topic, timeoutMs),
    );
  }

  /**
   * Sends the records once. Never rejects: after a failure, it resolves with the partitions that are confirmed. If `separately` is true,
   * sends one request per partition, so that no partition delays another.
   */
  async send(records: RecordsByPartition, separately: boolean): Promise<SendResult> {
    const requests = separately ? [...records].map((entry) => new Map([entry])) : [records];
    const confirmed = new Set<number>();
    let refused: number | undefined;
    const onProduced = ({ partition, errorCode }: ProducedPartition): void => {
      if (errorCode === 0) confirmed.add(partition);
      else refused ??= errorCode;
    };
    try {
      await this.#client.use(this.#timeoutMs, async (client) => {
        const failures = await failuresOf(requests.map((request) => client.produce(request, onProduced)));
        if (refused !== undefined) throw brokerError(refused);
        if (failures.length > 0) throw failures[0];
        const missing = [...records.keys()].filter((partition) => !confirmed.has(partition));
        if (missing.length > 0)
          throw new Error(`Kafka did not confirm the records of partition ${missing.join()}.`);
      });
      return { confirmed };
    } catch (failure) {
      // Copied, because later responses must not count: the caller may already send the records again.
      return { confirmed: new Set(confirmed), failure };
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
