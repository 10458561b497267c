import type { Message } from 'kafkajs';

/** A call of `publish` whose messages are being made, or wait for the log. */
export interface Call {
  readonly deadline: number;
  readonly events: number;
  /** The bytes of the messages that were made so far. */
  bytes: number;
  /** How many of its messages the log has yet to confirm. */
  left: number;
  settled: boolean;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A message on its way. */
export interface Entry {
  readonly message: Message;
  readonly bytes: number;
  readonly call: Call;
}

/** Some of each partition's messages, in their order. */
export type Portion = ReadonlyMap<number, readonly Entry[]>;

/** Messages that wait, by partition, in the order in which they came. */
export class PublishQueue {
  readonly #lanes: Entry[][];
  readonly #mostBytes: number;

  /** A portion takes so many bytes of a partition at most, or one message. */
  constructor(partitions: number, mostBytes: number) {
    this.#lanes = Array.from({ length: partitions }, () => []);
    this.#mostBytes = mostBytes;
  }

  get isEmpty(): boolean {
    return this.#lanes.every(({ length }) => length === 0);
  }

  add(partition: number, entry: Entry): void {
    this.#lane(partition).push(entry);
  }

  /** Takes what may be sent next. Whoever gave up waiting is left out. */
  take(): Portion {
    const portion = new Map<number, readonly Entry[]>();
    for (const [partition, lane] of this.#lanes.entries()) {
      let bytes = 0;
      let count = 0;
      for (const entry of lane) {
        if (count > 0 && bytes + entry.bytes > this.#mostBytes) break;
        bytes += entry.bytes;
        count += 1;
      }
      const taken = lane.splice(0, count).filter(({ call }) => !call.settled);
      if (taken.length > 0) portion.set(partition, taken);
    }
    return portion;
  }

  /** Puts back what was taken and is to be sent again, before all that came since. */
  putBack(partition: number, entries: readonly Entry[]): void {
    const lane = this.#lane(partition);
    this.#lanes[partition] = [...entries, ...lane];
  }

  /** Forgets the messages of those who gave up. */
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
