import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';

/** A position in the spool. The service has accepted or rejected all activities before it. */
export interface Position {
  /** The number of the segment. */
  readonly segment: number;
  /** The offset in the segment, in bytes. */
  readonly offset: number;
}

/**
 * The file that holds the position of the spool. It is never synced. If a power failure leaves an older position, some activities are sent
 * again, and the service ignores them, because it knows their ids.
 */
export class PositionFile {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  /** Returns the position in the file, or segment 0 and offset 0 if the file has no valid position. */
  read(): Position {
    const [, segment = '0', offset = '0'] =
      /^(\d{1,15}) (\d{1,15}) *\n$/.exec(readFileSync(this.#file, 'utf8')) ?? [];
    return { segment: Number(segment), offset: Number(offset) };
  }

  write({ segment, offset }: Position): void {
    writeSync(this.#file, `${`${segment} ${offset}`.padEnd(31)}\n`, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}
