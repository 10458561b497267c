import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';

/** How far an import has progressed. */
export interface ImportProgress {
  /** The number of rows that are done: accepted by the service, or rejected. */
  readonly rows: number;
  /** The number of these rows that were rejected. */
  readonly rejected: number;
}

const noProgress: ImportProgress = { rows: 0, rejected: 0 };

/** Keeps the progress of an import in a file beside the imported one, so that a repeated import continues there. */
export class ImportCheckpoint {
  readonly #file: string;
  /** Identifies the import: its settings, and the size and modification time of the file. Progress with another key is ignored. */
  readonly #key: string;

  private constructor(file: string, key: string) {
    this.#file = file;
    this.#key = key;
  }

  /** `settings` are the settings of the import that change which activities it logs, or where. */
  static async of(file: string, settings: readonly unknown[]): Promise<ImportCheckpoint> {
    const { size, mtimeMs } = await stat(file);
    return new ImportCheckpoint(`${file}.import.json`, JSON.stringify([...settings, size, mtimeMs]));
  }

  /** Returns 0 rows if there is no progress of this import, or it can't be read. To import rows again is safe. */
  async read(): Promise<ImportProgress> {
    try {
      const { key, rows, rejected } = JSON.parse(await readFile(this.#file, 'utf8')) as Partial<
        Record<string, unknown>
      >;
      const isOurs = key === this.#key && typeof rows === 'number' && typeof rejected === 'number';
      return isOurs ? { rows, rejected } : noProgress;
    } catch {
      return noProgress;
    }
  }

  /** Saves the progress. Does nothing if the folder can't be written to. */
  async write(progress: ImportProgress): Promise<void> {
    const next = `${this.#file}.next`;
    try {
      await writeFile(next, JSON.stringify({ key: this.#key, ...progress }), { mode: 0o600 });
      await rename(next, this.#file);
    } catch {
      // Without the file, a repeated import sends all rows again, which stores nothing twice.
    }
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true }).catch(() => undefined);
  }
}
