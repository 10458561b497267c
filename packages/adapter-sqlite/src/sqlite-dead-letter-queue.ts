import type { DeadLetter, DeadLetterQueue } from '@user-activity/domain';
import { storeUnavailable } from './failure.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { LetterRow } from './threads/rows.ts';

const timeoutMs = 10_000;

/** Keeps dead letters in the file, one to an origin. */
export class SqliteDeadLetterQueue implements DeadLetterQueue {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async add(letters: readonly DeadLetter[]): Promise<void> {
    try {
      const rows = letters.map(rowOf);
      await this.#database.writer.submit('bury', rows, { timeoutMs, weight: rows.length });
    } catch (error) {
      throw storeUnavailable(error);
    }
  }
}

function rowOf({ origin, key, value, headers, code, reason, diedAt }: DeadLetter): LetterRow {
  const { topic, partition, offset } = origin;
  const encoded = Object.fromEntries(
    Object.entries(headers).map(([name, header]) => [
      name,
      header.map((bytes) => Buffer.from(bytes).toString('base64')),
    ]),
  );
  return [topic, partition, offset, own(key), own(value), JSON.stringify(encoded), code, reason, diedAt];
}

/** A copy of these bytes alone: a view would be sent to the thread with all of the buffer that it looks into. */
const own = (bytes: Uint8Array | null): Uint8Array | null => bytes && Uint8Array.from(bytes);
