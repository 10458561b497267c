import { mkdirSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '../process/temporary-folder.ts';

/** The folders with the data of the members of a replica set, and one backup. */
export class MemberFolders {
  readonly #root: TemporaryFolder = temporaryFolder('replica-set');
  readonly #backup: string = join(this.#root.path, 'backup');

  /** Returns the folder of a member. Makes it if there is none. */
  of(member: number): string {
    const folder = join(this.#root.path, String(member));
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Replaces the backup with a copy of the member's folder. The member must not write to the folder meanwhile. */
  async backUp(member: number): Promise<void> {
    await replace(this.#backup, this.of(member));
  }

  /** Replaces the member's folder with a copy of the backup. Throws if there is no backup. The member must not run. */
  async restore(member: number): Promise<void> {
    await replace(this.of(member), this.#backup);
  }

  remove(): void {
    this.#root.remove();
  }
}

async function replace(folder: string, source: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  // MongoDB creates the files `WiredTigerPreplog…` in advance. They hold no data yet, but take 100 MB each.
  const isNeeded = (path: string): boolean => !basename(path).startsWith('WiredTigerPreplog');
  await cp(source, folder, { recursive: true, filter: isNeeded });
}
