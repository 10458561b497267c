import { isUtf8 } from 'node:buffer';
import {
  DomainError,
  eventContent,
  headersOfEvent,
  type LogEvent,
  type LogRecord,
  type Origin,
  type PartitionProgress,
  partitionOf,
  ProjectId,
  type RawRecord,
  type RecordContent,
  replayOf,
  textOfEvent,
  unreadable,
  userOf,
} from '@user-activity/domain';

/** The state of a consumer group. */
interface Group {
  /** The offset of the first uncommitted record of each partition. */
  readonly committed: number[];
  /** For each partition, whether its committed offset is marked: see `PartitionProgress`. */
  readonly marks: boolean[];
  /** The partitions that a member has reserved. */
  readonly busy: Set<number>;
}

/** The part of a partition that a member has reserved. */
interface Claim {
  readonly records: readonly LogRecord[];
  /** The offset after the reserved ones. */
  readonly to: number;
}

const utf8 = new TextEncoder();

/** The records of one topic, and the offsets of its groups. Publishers and consumers share one log. */
export class MemoryLog {
  readonly topic: string = 'user-activity';
  /** The records of each partition, by offset. Null at an offset without a record. */
  readonly #partitions: readonly (RawRecord | null)[][];
  readonly #groups: Map<string, Group> = new Map();
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();
  #reachable = true;

  /** `partitions` is the number of partitions. Default: 3. */
  constructor(options: { readonly partitions?: number } = {}) {
    this.#partitions = Array.from({ length: options.partitions ?? 3 }, () => []);
  }

  get partitions(): number {
    return this.#partitions.length;
  }

  /** False simulates an outage: the log then accepts and delivers nothing. */
  get reachable(): boolean {
    return this.#reachable;
  }

  set reachable(reachable: boolean) {
    this.#reachable = reachable;
    this.wakeConsumers();
  }

  /** Resolves at the next change that may give a consumer new work. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  /** Throws LOG_UNAVAILABLE during an outage. */
  assertReachable(): void {
    if (!this.#reachable) throw new DomainError('LOG_UNAVAILABLE', 'The log is out of reach.');
  }

  append(events: readonly LogEvent[]): void {
    this.assertReachable();
    for (const event of events)
      this.appendRaw({
        key: utf8.encode(userOf(event)),
        value: utf8.encode(textOfEvent(event)),
        headers: headersOfEvent(event),
      });
  }

  /** Appends a record, which may be invalid. Without a key, the record goes to `defaultPartition`. */
  appendRaw(record: RawRecord, defaultPartition = 0): void {
    const partition = record.key === null ? defaultPartition : partitionOf(record.key, this.partitions);
    this.#partitions[partition]?.push(record);
    this.wakeConsumers();
  }

  /** Adds an offset without a record, as Kafka's control records do. */
  skipOffset(partition: number): void {
    this.#partitions[partition]?.push(null);
    this.wakeConsumers();
  }

  /**
   * Reserves a partition for one member of a group, until `release`. Returns the records at the next offsets, at most `max`. Returns
   * undefined, and reserves nothing, if fewer than `min` offsets wait, another member has reserved the partition, or there is an outage.
   */
  claim(groupName: string, partition: number, max: number, min = 1): Claim | undefined {
    const group = this.#group(groupName);
    const from = group.committed[partition] ?? 0;
    const entries = this.#partitions[partition]?.slice(from, from + max) ?? [];
    if (!this.#reachable || group.busy.has(partition) || entries.length < min) return undefined;
    group.busy.add(partition);
    const records = entries.flatMap((raw, index) =>
      raw === null ? [] : recordAt({ topic: this.topic, partition, offset: from + index }, raw),
    );
    return { records, to: from + entries.length };
  }

  /** Returns the first offset of a partition that the group has not committed. */
  committed(groupName: string, partition: number): number {
    return this.#group(groupName).committed[partition] ?? 0;
  }

  /**
   * Releases a partition, and commits its next `handledCount` offsets. A negative count moves the group back. If `isMarked` is passed,
   * it marks the committed offset, or removes the mark.
   */
  release(groupName: string, partition: number, handledCount: number, isMarked?: boolean): void {
    const group = this.#group(groupName);
    group.committed[partition] = (group.committed[partition] ?? 0) + handledCount;
    if (isMarked !== undefined) group.marks[partition] = isMarked;
    group.busy.delete(partition);
    this.wakeConsumers();
  }

  /** Returns the offsets of the group in each partition. Throws LOG_UNAVAILABLE during an outage. */
  progress(groupName: string): readonly PartitionProgress[] {
    this.assertReachable();
    const { committed, marks } = this.#group(groupName);
    return this.#partitions.map((records, partition) => ({
      partition,
      oldest: 0,
      committed: committed[partition] ?? 0,
      end: records.length,
      isMarked: marks[partition] ?? false,
    }));
  }

  #group(name: string): Group {
    const committed = this.#partitions.map(() => 0);
    const group = this.#groups.get(name) ?? { committed, marks: [], busy: new Set() };
    this.#groups.set(name, group);
    return group;
  }

  /** Resolves `changed`. */
  wakeConsumers(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

function recordAt(origin: Origin, raw: RawRecord): LogRecord {
  const original = replayOf(raw.headers, origin.topic);
  return {
    origin,
    ...(original === undefined ? {} : { replayOf: original }),
    content: contentOf(raw),
    raw: () => raw,
  };
}

function contentOf({ value, headers }: RawRecord): RecordContent {
  if (value === null) return unreadable('the record has no value', ProjectId.default);
  return isUtf8(value)
    ? eventContent(Buffer.from(value).toString('utf8'), headers)
    : unreadable('the value is not UTF-8', ProjectId.default);
}
