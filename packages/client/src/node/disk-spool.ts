import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkNumbers } from '../shared/check-numbers.ts';
import { startTimer } from '../shared/start-timer.ts';
import { type ActivityQueue, QueueFullError } from '../sending/activity-queue.ts';
import { PositionFile } from './position-file.ts';
import { Segment } from './segment.ts';
import { SpoolError } from './spool-error.ts';
import { type FolderLock, lockFolder } from './spool-lock.ts';

/** Where a spool is, how large it may become, and when it syncs to the disk. */
export interface SpoolOptions {
  /** A folder that only this spool uses. It is created if it does not exist. */
  readonly folder: string;
  /**
   * The maximum size of the waiting activities, in bytes. Default: 1 GiB. The disk may need the size of one more segment,
   * because a file stays until the service has accepted or rejected all of its activities.
   */
  readonly maxBytes?: number | undefined;
  /** The size at which the spool starts a new file, in bytes. Default: 8 MiB, or an eighth of `maxBytes` if that is less. */
  readonly segmentBytes?: number | undefined;
  /**
   * The maximum time until an activity is synced to the disk, in ms. Default: 1,000. With 0, `log` returns only after the sync, which takes
   * milliseconds. A crash of the machine loses activities that are not synced. If only the process ends, none are lost.
   */
  readonly syncMs?: number | undefined;
}

const defaultMaxBytes = 1024 ** 3;
const maxSegmentBytes = 8 * 1024 ** 2;

/**
 * A queue on the disk. Once `log` has returned, the activity survives the end of the process, even by SIGKILL, and the next process sends
 * it. Activities are lines of append-only files, the segments. A line is settled once the service has accepted or rejected it. A file is
 * removed once all of its lines are settled.
 */
export class DiskSpool implements ActivityQueue {
  readonly isDurable = true;
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  readonly #syncMs: number;
  readonly #lock: FolderLock;
  readonly #position: PositionFile;
  /** The segments that are not removed yet, oldest first. */
  readonly #segments: Segment[] = [];
  /** The segment to which this process appends. It is the last one. */
  #active: Segment | undefined;
  #nextNumber: number;
  /** The number of settled bytes at the beginning of the first segment. */
  #offset = 0;
  /** The sizes in bytes of the lines that the last call of `first` returned and that are not removed yet. */
  #sizes: readonly number[] = [];
  #count = 0;
  #bytes = 0;
  #syncTimer: ReturnType<typeof setTimeout> | undefined;
  #failure: unknown;

  private constructor(
    { folder, maxBytes = defaultMaxBytes, segmentBytes, syncMs = 1000 }: SpoolOptions,
    lock: FolderLock,
  ) {
    checkNumbers(0, { syncMs });
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#segmentBytes = segmentBytes ?? Math.min(maxSegmentBytes, Math.ceil(maxBytes / 8));
    checkNumbers(1, { maxBytes, segmentBytes: this.#segmentBytes });
    this.#syncMs = syncMs;
    this.#lock = lock;
    this.#position = new PositionFile(join(folder, 'position'));
    const { segment, offset } = this.#position.read();
    this.#nextNumber = segment + 1;
    const numbers = readdirSync(folder).flatMap((name) => Segment.numberIn(name) ?? []);
    for (const number of numbers.toSorted((left, right) => left - right))
      this.#adopt(number, number === segment && this.#segments.length === 0 ? offset : 0);
  }

  /** Opens a spool, with the activities that earlier processes left in it. Throws SpoolError if another process has it open. */
  static open(options: SpoolOptions): DiskSpool {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const lock = lockFolder(options.folder);
    try {
      return new DiskSpool(options, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(text: string): void {
    this.#throwFailure();
    const line = Buffer.from(`${text}\n`);
    if (this.#bytes + line.length > this.#maxBytes) throw new QueueFullError(`${this.#maxBytes} bytes`);
    const segment = this.#active ?? this.#begin();
    segment.append(line, { syncs: this.#syncMs === 0 });
    this.#count += 1;
    this.#bytes += line.length;
    if (this.#syncMs > 0) this.#syncSoon();
    if (segment.size >= this.#segmentBytes) this.#retire(segment);
  }

  first(maxCount: number, maxBytes: number): readonly string[] {
    const lines = this.#segments[0]?.read(this.#offset, maxCount, maxBytes) ?? { texts: [], sizes: [] };
    this.#sizes = lines.sizes;
    return lines.texts;
  }

  remove(count: number): void {
    const sizes = this.#sizes.slice(0, count);
    if (sizes.length < count) throw new Error('Only lines that `first` has returned can be removed.');
    this.#sizes = this.#sizes.slice(count);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    this.#count -= count;
    this.#bytes -= bytes;
    this.#offset += bytes;
    const [segment] = this.#segments;
    if (segment === undefined) return;
    try {
      this.#position.write({ segment: segment.number, offset: this.#offset });
    } catch {
      // With an older position, the next process sends some lines again. The service ignores them, because it knows their ids.
    }
    this.#dropSettled();
  }

  async close(): Promise<void> {
    clearTimeout(this.#syncTimer);
    const active = this.#active;
    try {
      await active?.sync();
    } finally {
      if (active !== undefined) this.#retire(active);
      await Promise.all(this.#segments.map((segment) => segment.close()));
      this.#position.close();
      this.#lock.release();
    }
  }

  /** Adds the segment of an earlier process. Its lines before `offset` are settled. */
  #adopt(number: number, offset: number): void {
    const segment = Segment.open(this.#folder, number);
    // The offset may be wrong if the position file is damaged. Sending must not begin in the middle of a line.
    const settled = segment.hasLineAt(offset) ? offset : 0;
    this.#nextNumber = Math.max(this.#nextNumber, number + 1);
    const count = segment.scan(settled);
    if (count === 0) {
      void segment.remove();
      return;
    }
    // Only the first segment has settled lines.
    this.#offset += settled;
    this.#segments.push(segment);
    this.#count += count;
    this.#bytes += segment.size - settled;
  }

  /** Starts a new segment. */
  #begin(): Segment {
    const segment = Segment.make(this.#folder, this.#nextNumber);
    this.#nextNumber += 1;
    this.#segments.push(segment);
    this.#active = segment;
    // If `syncMs` is 0, the folder entry of the new file must be on the disk before `log` returns.
    if (this.#syncMs === 0) this.#syncFolder();
    return segment;
  }

  /** Ends the active segment: the next line starts a new one. */
  #retire(segment: Segment): void {
    this.#active = undefined;
    // The timer syncs only the active segment, so this one needs a last sync now.
    if (this.#syncMs > 0) this.#sync(segment);
    this.#dropSettled();
  }

  /** Removes the segments whose lines are all settled. */
  #dropSettled(): void {
    for (let [segment] = this.#segments; segment !== undefined; [segment] = this.#segments) {
      if (segment === this.#active || this.#offset < segment.size) return;
      this.#segments.shift();
      this.#offset = 0;
      void segment.remove();
    }
  }

  #syncSoon(): void {
    if (this.#syncTimer !== undefined) return;
    this.#syncTimer = startTimer(() => {
      this.#syncTimer = undefined;
      if (this.#active !== undefined) this.#sync(this.#active);
    }, this.#syncMs);
    this.#syncTimer?.unref();
  }

  /** Syncs a segment in the background. If that fails, the next `add` throws. */
  #sync(segment: Segment): void {
    segment
      .sync()
      .then(() => this.#syncFolder())
      .catch((error: unknown) => {
        this.#failure = error;
      });
  }

  /** Syncs the folder, so that the names of new files survive a crash of the machine. */
  #syncFolder(): void {
    const folder = openSync(this.#folder, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }

  #throwFailure(): void {
    const cause = this.#failure;
    this.#failure = undefined;
    if (cause !== undefined)
      throw new SpoolError(`The spool could not be synced to the disk: ${this.#folder}.`, { cause });
  }
}
