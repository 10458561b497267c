import type { NewRecord } from '@user-activity/record-batch';
import type { Node } from 'yallist';

/** A pending call of `publish` or `republish`. */
export interface Call {
  /** In milliseconds, as `performance.now()`. */
  readonly deadline: number;
  readonly events: number;
  /** The total size of the records that were made so far, in bytes. */
  bytes: number;
  /** The number of unconfirmed records. */
  unconfirmed: number;
  settled: boolean;
  /** The node of this call in the publisher's list of pending calls. */
  place?: Node<Call>;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A record of a pending call. */
export interface Entry {
  readonly partition: number;
  readonly record: NewRecord;
  readonly bytes: number;
  readonly call: Call;
}

/** Records to send together, in the order to write them, by partition. */
export type Portion = ReadonlyMap<number, readonly Entry[]>;

/** The records that wait to be sent: a queue for each partition. */
export class PublishQueue {
  readonly #lanes: Entry[][];
  readonly #maxBytes: number;

  /** `maxBytes` limits the records of one partition in a portion. A single record may be larger. */
  constructor(partitions: number, maxBytes: number) {
    this.#lanes = Array.from({ length: partitions }, () => []);
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#lanes.every(({ length }) => length === 0);
  }

  add(entry: Entry): void {
    this.#lane(entry.partition).push(entry);
  }

  /** Removes and returns the next portion, without the records of settled calls. */
  take(): Portion {
    const portion = new Map<number, readonly Entry[]>();
    for (const [partition, lane] of this.#lanes.entries()) {
      if (lane.length === 0) continue;
      let bytes = 0;
      let count = 0;
      for (const entry of lane) {
        if (count > 0 && bytes + entry.bytes > this.#maxBytes) break;
        bytes += entry.bytes;
        count += 1;
      }
      const taken = lane.splice(0, count).filter(isPending);
      if (taken.length > 0) portion.set(partition, taken);
    }
    return portion;
  }

  /** Puts records of a partition back, before all records that arrived in the meantime. */
  putBack(partition: number, entries: readonly Entry[]): void {
    this.#lanes[partition] = [...entries.filter(isPending), ...this.#lane(partition)];
  }

  /** Drops the records of settled calls. */
  dropSettled(): void {
    for (const [partition, lane] of this.#lanes.entries()) this.#lanes[partition] = lane.filter(isPending);
  }

  #lane(partition: number): Entry[] {
    const lane = this.#lanes[partition];
    if (lane === undefined) throw new Error(`There is no partition ${partition}.`);
    return lane;
  }
}

const isPending = ({ call }: Entry): boolean => !call.settled;
