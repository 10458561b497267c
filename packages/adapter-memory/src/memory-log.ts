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

/** Which records a group has dealt with, and which partitions are being worked on. */
interface Group {
  /** Per partition, the offset of the first record that is not committed. */
  readonly committed: number[];
  readonly busy: Set<number>;
}

const utf8 = new TextEncoder();

/** What outlives a handle: the records of one topic and what its groups have committed. */
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

  /** Set to false to play an outage: nothing is taken and nothing delivered. */
  get reachable(): boolean {
    return this.#reachable;
  }

  set reachable(reachable: boolean) {
    this.#reachable = reachable;
    this.announce();
  }

  /** Resolves at the next change that may give a consumer something to do. */
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

  /** Appends what anyone may have written; without a key, to the given partition. */
  appendRaw(record: RawRecord, keyless = 0): void {
    const partition = record.key === null ? keyless : partitionOf(record.key, this.partitions);
    this.#partitions[partition]?.push(record);
    this.announce();
  }

  /** What comes next for a group, which nobody else of it is given until `release`; undefined when there is nothing. */
  claim(groupName: string, partition: number, most: number): readonly LogRecord[] | undefined {
    const group = this.#group(groupName);
    const from = group.committed[partition] ?? 0;
    const records = this.#partitions[partition]?.slice(from, from + most) ?? [];
    if (!this.#reachable || group.busy.has(partition) || records.length === 0) return undefined;
    group.busy.add(partition);
    return records.map((raw, index) => recordAt({ topic: this.topic, partition, offset: from + index }, raw));
  }

  /** Hands the partition back, after so many records of the claim were dealt with. */
  release(groupName: string, partition: number, dealtWith: number): void {
    const group = this.#group(groupName);
    group.committed[partition] = (group.committed[partition] ?? 0) + dealtWith;
    group.busy.delete(partition);
    this.announce();
  }

  /** How far a group is with each partition. Throws LOG_UNAVAILABLE during an outage. */
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

  /** Lets everyone who waits look again. */
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
