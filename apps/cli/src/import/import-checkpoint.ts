import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';

/** How far an import is. */
export interface ImportProgress {
  /** The number of rows that the service has answered for. */
  readonly rows: number;
  /** How many of them were rejected. */
  readonly rejected: number;
}

const begin: ImportProgress = { rows: 0, rejected: 0 };

/** How far the import of a file is, in a file beside it. A repeated import begins there. */
export class ImportCheckpoint {
  readonly #file: string;
  /** What must be the same for the progress to count: the file, the service, the project and the mapping. */
  readonly #key: string;

  private constructor(file: string, key: string) {
    this.#file = file;
    this.#key = key;
  }

  /** `settings` are those of the import, which the file's size and time complete. */
  static async of(file: string, settings: readonly unknown[]): Promise<ImportCheckpoint> {
    const { size, mtimeMs } = await stat(file);
    return new ImportCheckpoint(`${file}.import.json`, JSON.stringify([...settings, size, mtimeMs]));
  }

  /** Returns the begin if the file can't be read: to begin again is safe. */
  async read(): Promise<ImportProgress> {
    try {
      const { key, rows, rejected } = JSON.parse(await readFile(this.#file, 'utf8')) as Partial<
        Record<string, unknown>
      >;
      const isOurs = key === this.#key && typeof rows === 'number' && typeof rejected === 'number';
      return isOurs ? { rows, rejected } : begin;
    } catch {
      return begin;
    }
  }

  /** Does nothing if the folder can't be written to. */
  async write(progress: ImportProgress): Promise<void> {
    const next = `${this.#file}.next`;
    try {
      await writeFile(next, JSON.stringify({ key: this.#key, ...progress }), { mode: 0o600 });
      await rename(next, this.#file);
    } catch {
      // Then a repeated import sends everything again, which stores nothing twice.
    }
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true }).catch(() => undefined);
  }
}
