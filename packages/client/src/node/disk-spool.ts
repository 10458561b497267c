import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkNumbers } from '../shared/check-numbers.ts';
import { startTimer } from '../shared/start-timer.ts';
import { type ActivityQueue, QueueFullError } from '../sending/activity-queue.ts';
import { PositionFile } from './position-file.ts';
import { Segment } from './segment.ts';
import { SpoolError } from './spool-error.ts';
import { type FolderLock, lockFolder } from './spool-lock.ts';

/** Where a spool is, and how large it may become. */
export interface SpoolOptions {
  /** A folder for this spool alone. It is made if it does not exist. */
  readonly folder: string;
  /** The maximum number of bytes of activities that wait. Default: 1 GiB. Settled ones take one segment more. */
  readonly maxBytes?: number | undefined;
  /** The size of a file. Default: 8 MiB, or an eighth of `maxBytes` if that is less. */
  readonly segmentBytes?: number | undefined;
  /**
   * How long activities may wait to be synced to the disk, in ms. Default: 1,000. With 0, `log` returns only after the sync, which takes
   * milliseconds. Activities always survive the end of the process: this is about a crash of the machine.
   */
  readonly syncMs?: number | undefined;
}

const defaultMaxBytes = 1024 ** 3;
const maxSegmentBytes = 8 * 1024 ** 2;

/**
 * A queue on the disk: once `log` has returned, the activity survives the end of the process, also by SIGKILL, and the next process sends
 * it. Activities are lines of append-only files, and a file is removed once all of its lines are settled.
 */
export class DiskSpool implements ActivityQueue {
  readonly isDurable = true;
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  readonly #syncMs: number;
  readonly #lock: FolderLock;
  readonly #position: PositionFile;
  /** The oldest first. */
  readonly #segments: Segment[] = [];
  /** The last segment, if this process appends to it. */
  #active: Segment | undefined;
  #nextNumber: number;
  /** The settled bytes of the first segment. */
  #offset = 0;
  /** The sizes of the lines that follow the offset, as far as they were read. */
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

  /** Opens a spool, with the activities that earlier processes left. Throws SpoolError if another process has it open. */
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
    if (sizes.length < count) throw new Error('Only lines that were read can be removed.');
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
      // An older position only means that the next process sends lines again, under their ids.
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

  /** Takes over a segment of an earlier process. */
  #adopt(number: number, offset: number): void {
    const segment = Segment.open(this.#folder, number);
    // A damaged position must not cut a line in two.
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

  #begin(): Segment {
    const segment = Segment.make(this.#folder, this.#nextNumber);
    this.#nextNumber += 1;
    this.#segments.push(segment);
    this.#active = segment;
    // With syncMs 0, the name of the file has to be on the disk, too.
    if (this.#syncMs === 0) this.#syncFolder();
    return segment;
  }

  /** Appends no more to a segment. */
  #retire(segment: Segment): void {
    this.#active = undefined;
    // The timer syncs only the active segment.
    if (this.#syncMs > 0) this.#sync(segment);
    this.#dropSettled();
  }

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

  /** Syncs a segment in the background. The next `add` throws a failure. */
  #sync(segment: Segment): void {
    segment
      .sync()
      .then(() => this.#syncFolder())
      .catch((error: unknown) => {
        this.#failure = error;
      });
  }

  /** Syncs the names of the files. */
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
