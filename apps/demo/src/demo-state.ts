import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MonthOptions } from './month/month.ts';
import { UsageError } from './usage-error.ts';

/** Which demo a folder holds, and how far it is filled. */
export interface DemoState extends MonthOptions {
  /** The number of portions of the month that were logged. */
  readonly logged: number;
  /** Whether all activities and dead letters of the demo are stored. */
  readonly isFilled: boolean;
}

const fileName = 'demo.json';

/** A folder of demo data. Its state is in `demo.json`, beside the data of the service. */
export class DemoFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Returns the state, or undefined if the folder is empty or does not exist. Throws UsageError if the folder holds other files. */
  async read(): Promise<DemoState | undefined> {
    const text = await readFile(join(this.path, fileName), 'utf8').catch(() => undefined);
    const state = text === undefined ? undefined : parseState(text);
    if (state !== undefined) return state;
    const files = await readdir(this.path).catch(() => []);
    // A crash may leave this file behind before the first state exists.
    if (files.every((name) => name === `${fileName}.next`)) return undefined;
    throw new UsageError(`${this.path} holds files that are not from a demo. Pass another folder as --data.`);
  }

  /** Replaces the state. A crash leaves either the old state or the new one. */
  async write(state: DemoState): Promise<void> {
    await mkdir(this.path, { recursive: true });
    const file = join(this.path, fileName);
    await writeFile(`${file}.next`, `${JSON.stringify(state)}\n`);
    await rename(`${file}.next`, file);
  }

  /** Deletes all files of the demo. Throws UsageError if the folder holds other files. */
  async reset(): Promise<void> {
    const state = await this.read();
    // The state is deleted last, so that an interrupted reset can be repeated.
    for (const name of await readdir(this.path).catch(() => []))
      if (name !== fileName) await rm(join(this.path, name), { recursive: true, force: true });
    if (state !== undefined) await rm(join(this.path, fileName), { force: true });
  }
}

function parseState(text: string): DemoState | undefined {
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
