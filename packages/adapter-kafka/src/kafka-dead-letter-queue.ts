import { type DeadLetter, type DeadLetterQueue, type RawRecord, withoutBytes } from '@user-activity/domain';
import type { NewRecord } from '@user-activity/record-batch';
import { deadLetterMessage } from '@user-activity/topic-contract';
import { backOff } from '@user-activity/timing';
import { ConfirmedProducer } from './confirmed-producer.ts';
import type { KafkaConnection } from './kafka-connection.ts';
import { largestSize } from './kafka-record.ts';
import type { KafkaTopic } from './kafka-topic.ts';
import type { RecordsByPartition } from './produce-request.ts';
import { hasNoLeader, logUnavailable } from './translate-errors.ts';
import { turns } from './turns.ts';

const timeoutMs = 10_000;
const maxAttempts = 5;
// Below a broker's default limit of 1 MiB for a batch. A larger letter is sent alone.
const maxRequestBytes = 900_000;

/**
 * Writes dead letters to a topic of their own. Each letter goes to the partition with the same number as that of its record. A letter may
 * be written twice, so readers must take the last letter of each origin.
 */
export class KafkaDeadLetterQueue implements DeadLetterQueue {
  readonly #producer: ConfirmedProducer;
  readonly #partitions: number;
  readonly #maxBytes: number;

  constructor(connection: KafkaConnection, topic: KafkaTopic) {
    this.#producer = new ConfirmedProducer(connection, topic.deadLetters, timeoutMs);
    this.#partitions = topic.partitions;
    this.#maxBytes = topic.maxLetterBytes;
  }

  async add(letters: readonly DeadLetter[]): Promise<void> {
    const turn = turns.begin();
    let portion = new Map<number, NewRecord[]>();
    let bytes = 0;
    for (const letter of letters) {
      const record = this.#fittingRecord(letter);
      const size = largestSize(record);
      if (bytes > 0 && bytes + size > maxRequestBytes) {
        await this.#send(portion);
        portion = new Map();
        bytes = 0;
      }
      const partition = letter.origin.partition % this.#partitions;
      const records = portion.get(partition) ?? [];
      records.push({ ...record, timestamp: Date.now() });
      portion.set(partition, records);
      bytes += size;
      if (turn.isOverAfter(size)) await turn.next();
    }
    if (bytes > 0) await this.#send(portion);
  }

  /** Sends a portion. Tries again if a partition has no leader yet, as in the first moments of a new topic. */
  async #send(portion: RecordsByPartition): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      const { failure } = await this.#producer.send(portion, false);
      if (failure === undefined) return;
      if (failures === maxAttempts || !hasNoLeader(failure)) throw logUnavailable(failure);
      await backOff(failures);
    }
  }

  /**
   * Converts a letter to a record. Omits the original bytes if the record would be too large for the topic: the broker would refuse
   * it, and the consumer could not continue.
   */
  #fittingRecord(letter: DeadLetter): RawRecord {
    const record = deadLetterMessage(letter);
    return largestSize(record) <= this.#maxBytes ? record : deadLetterMessage(withoutBytes(letter));
  }

  close(): Promise<void> {
    return this.#producer.close();
  }
}
