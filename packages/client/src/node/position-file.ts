import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';

/** A place in the spool: everything before it is settled. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

/**
 * Keeps the position of the spool. It is never synced: after a power failure an older one only means that activities are sent again, under
 * their ids.
 */
export class PositionFile {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  /** Returns the position, or the beginning if there is none. */
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
