import type { Message } from 'kafkajs';

/** A call of `publish` whose messages are being made, or wait for the log. */
export interface Call {
  readonly deadline: number;
  readonly events: number;
  /** The bytes of the messages that were made so far. */
  bytes: number;
  /** The number of its unconfirmed messages. */
  left: number;
  settled: boolean;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A message of a pending call. */
export interface Entry {
  readonly message: Message;
  readonly bytes: number;
  readonly call: Call;
}

/** Messages to send together, by partition and in order. */
export type Portion = ReadonlyMap<number, readonly Entry[]>;

/** The waiting messages, by partition, in the order in which they arrived. */
export class PublishQueue {
  readonly #lanes: Entry[][];
  readonly #maxBytes: number;

  /** A portion has at most `maxBytes` of each partition, or one message. */
  constructor(partitions: number, maxBytes: number) {
    this.#lanes = Array.from({ length: partitions }, () => []);
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#lanes.every(({ length }) => length === 0);
  }

  add(partition: number, entry: Entry): void {
    this.#lane(partition).push(entry);
  }

  /** Takes the next portion. Leaves out the messages of calls that timed out. */
  take(): Portion {
    const portion = new Map<number, readonly Entry[]>();
    for (const [partition, lane] of this.#lanes.entries()) {
      let bytes = 0;
      let count = 0;
      for (const entry of lane) {
        if (count > 0 && bytes + entry.bytes > this.#maxBytes) break;
        bytes += entry.bytes;
        count += 1;
      }
      const taken = lane.splice(0, count).filter(({ call }) => !call.settled);
      if (taken.length > 0) portion.set(partition, taken);
    }
    return portion;
  }

  /** Puts back messages that must be sent again, in front of all that arrived since. */
  putBack(partition: number, entries: readonly Entry[]): void {
    const lane = this.#lane(partition);
    this.#lanes[partition] = [...entries, ...lane];
  }

  /** Drops the messages of calls that timed out. */
  forgetSettled(): void {
    for (const [partition, lane] of this.#lanes.entries())
      this.#lanes[partition] = lane.filter(({ call }) => !call.settled);
  }

  #lane(partition: number): Entry[] {
    const lane = this.#lanes[partition];
    if (lane === undefined) throw new Error(`There is no partition ${partition}.`);
    return lane;
  }
}
