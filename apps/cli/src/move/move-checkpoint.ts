import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EarlierMove, MoveProgress } from '@user-activity/application';
import { ActivityId, ProjectId, Timestamp } from '@user-activity/domain';

/** Keeps the progress of a move in a file beside the data file, so that a repeated move continues there. */
export class MoveCheckpoint {
  readonly #file: string;
  /** The log of the target. Progress of a move to another target is ignored. */
  readonly #target: string;
  /** The end of the source's log. If it has changed, the service has run since, and new activities may be before the saved position. */
  readonly #sourceEnd: number;

  constructor(folder: string, target: string, sourceEnd: number) {
    this.#file = join(folder, 'move.json');
    this.#target = target;
    this.#sourceEnd = sourceEnd;
  }

  /**
   * Returns the earlier move to this target. Its `from` is undefined if the source may have new activities, so that all are read again. Returns
   * undefined if no move to this target has begun or the file can't be read: to move everything again is safe.
   */
  async read(): Promise<EarlierMove | undefined> {
    try {
      const { target, sourceEnd, project, createdAt, id, activities } = JSON.parse(
        await readFile(this.#file, 'utf8'),
      ) as Partial<Record<string, unknown>>;
      if (target !== this.#target || typeof createdAt !== 'number' || typeof activities !== 'number')
        return undefined;
      const after = { createdAt: Timestamp.trusted(createdAt), id: ActivityId.parse(id) };
      const from = { project: ProjectId.parseReadable(project), after, activities };
      return { from: sourceEnd === this.#sourceEnd ? from : undefined };
    } catch {
      return undefined;
    }
  }

  async write({ project, after, activities }: MoveProgress): Promise<void> {
    const next = `${this.#file}.next`;
    const [target, sourceEnd] = [this.#target, this.#sourceEnd];
    const { createdAt, id } = after ?? {};
    await writeFile(next, JSON.stringify({ target, sourceEnd, project, createdAt, id, activities }), {
      mode: 0o600,
    });
    await rename(next, this.#file);
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
