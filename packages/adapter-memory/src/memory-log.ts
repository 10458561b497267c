import { isUtf8 } from 'node:buffer';
import {
  type ActivityLogged,
  DomainError,
  type LogRecord,
  type Origin,
  type PartitionProgress,
  partitionOf,
  type RawRecord,
  type RecordContent,
  recordContent,
  replayOf,
  unreadable,
} from '@user-activity/domain';

/** The state of a group: its committed offsets, and the partitions being handled. */
interface Group {
  /** The offset of the first uncommitted record, by partition. */
  readonly committed: number[];
  readonly busy: Set<number>;
}

const utf8 = new TextEncoder();

/** The state that outlives a handle: the records of one topic, and the committed offsets of its groups. */
export class MemoryLog {
  readonly topic: string = 'user-activity';
  readonly #partitions: readonly RawRecord[][];
  readonly #groups: Map<string, Group> = new Map();
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();
  #reachable = true;

  constructor(options: { readonly partitions?: number } = {}) {
    this.#partitions = Array.from({ length: options.partitions ?? 3 }, () => []);
  }

  get partitions(): number {
    return this.#partitions.length;
  }

  /** Set it to false to simulate an outage: nothing is taken or delivered. */
  get reachable(): boolean {
    return this.#reachable;
  }

  set reachable(reachable: boolean) {
    this.#reachable = reachable;
    this.announce();
  }

  /** Resolves at the next change that may give a consumer new work. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** Throws LOG_UNAVAILABLE during an outage. */
  assertReachable(): void {
    if (!this.#reachable) throw new DomainError('LOG_UNAVAILABLE', 'The log is out of reach.');
  }

  append(events: readonly ActivityLogged[]): void {
    this.assertReachable();
    for (const { activity } of events) {
      this.appendRaw({
        key: utf8.encode(activity.userId),
        value: utf8.encode(JSON.stringify(activity)),
        headers: {},
      });
    }
  }

  /** Appends any bytes. A record without a key goes to the partition `keyless`. */
  appendRaw(record: RawRecord, keyless = 0): void {
    const partition = record.key === null ? keyless : partitionOf(record.key, this.partitions);
    this.#partitions[partition]?.push(record);
    this.announce();
  }

  /** Claims a group's next records for one member, until `release`. Returns undefined if there are none. */
  claim(groupName: string, partition: number, max: number): readonly LogRecord[] | undefined {
    const group = this.#group(groupName);
    const from = group.committed[partition] ?? 0;
    const records = this.#partitions[partition]?.slice(from, from + max) ?? [];
    if (!this.#reachable || group.busy.has(partition) || records.length === 0) return undefined;
    group.busy.add(partition);
    return records.map((raw, index) => recordAt({ topic: this.topic, partition, offset: from + index }, raw));
  }

  /** Releases the partition, and commits the number of handled records. */
  release(groupName: string, partition: number, handled: number): void {
    const group = this.#group(groupName);
    group.committed[partition] = (group.committed[partition] ?? 0) + handled;
    group.busy.delete(partition);
    this.announce();
  }

  /** Returns the progress of a group in each partition. Throws LOG_UNAVAILABLE during an outage. */
  progress(groupName: string): readonly PartitionProgress[] {
    this.assertReachable();
    const { committed } = this.#group(groupName);
    return this.#partitions.map((records, partition) => ({
      partition,
      committed: committed[partition] ?? 0,
      end: records.length,
    }));
  }

  #group(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = { committed: this.#partitions.map(() => 0), busy: new Set<number>() };
    this.#groups.set(name, group);
    return group;
  }

  /** Wakes all waiting consumers. */
  announce(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function recordAt(origin: Origin, raw: RawRecord): LogRecord {
  const first = replayOf(raw.headers, origin);
  return {
    origin,
    ...(first === undefined ? {} : { replayOf: first }),
    content: contentOf(raw),
    raw: () => raw,
  };
}

function contentOf({ value }: RawRecord): RecordContent {
  if (value === null) return unreadable('it has no value');
  return isUtf8(value) ? recordContent(Buffer.from(value).toString('utf8')) : unreadable('it is not UTF-8');
}
