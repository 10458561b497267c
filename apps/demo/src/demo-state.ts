import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MonthOptions } from './month/month.ts';
import { UsageError } from './usage-error.ts';

/** What a folder of demo data holds. */
export interface DemoState extends MonthOptions {
  /** The number of portions that the service has logged. */
  readonly logged: number;
  /** Whether everything is stored, also the dead letters. */
  readonly isFilled: boolean;
}

const fileName = 'demo.json';

/** The state of a folder of demo data, in a file beside the data of the service. */
export class DemoFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Returns the state. Undefined if the folder is empty or does not exist. Throws UsageError if it holds something else. */
  async read(): Promise<DemoState | undefined> {
    const text = await readFile(join(this.path, fileName), 'utf8').catch(() => undefined);
    const state = text === undefined ? undefined : parse(text);
    if (state !== undefined) return state;
    const files = await readdir(this.path).catch(() => []);
    // The file that a crash left behind before the first state.
    if (files.every((name) => name === `${fileName}.next`)) return undefined;
    throw new UsageError(
      `${this.path} holds other files than those of a demo. Pass another folder as --data.`,
    );
  }

  /** Replaces the state, so that a crash leaves the old one or the new one. */
  async write(state: DemoState): Promise<void> {
    await mkdir(this.path, { recursive: true });
    const file = join(this.path, fileName);
    await writeFile(`${file}.next`, `${JSON.stringify(state)}\n`);
    await rename(`${file}.next`, file);
  }

  /** Deletes the folder. Throws UsageError if it holds something else than a demo. */
  async reset(): Promise<void> {
    const state = await this.read();
    // The state goes last, so that a reset that was interrupted can be repeated.
    for (const name of await readdir(this.path).catch(() => []))
      if (name !== fileName) await rm(join(this.path, name), { recursive: true, force: true });
    if (state !== undefined) await rm(join(this.path, fileName), { force: true });
  }
}

function parse(text: string): DemoState | undefined {
  try {
    const state = JSON.parse(text) as Partial<Record<keyof DemoState, unknown>>;
    const { seed, activities, users, end, logged, isFilled } = state;
    const isState =
      [seed, activities, users, end, logged].every(Number.isSafeInteger) && typeof isFilled === 'boolean';
    return isState ? (state as DemoState) : undefined;
  } catch {
    return undefined;
  }
}
