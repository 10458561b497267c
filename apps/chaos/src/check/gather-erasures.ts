import { listAll, listLetterKeys } from '../list-all.ts';
import type { ErasedUser } from '../load/eraser.ts';
import { forgottenProject } from '../projects.ts';
import { doneErasures } from './done-erasures.ts';
import type { ErasureEvidence } from './erased.ts';

/** Waits until the erasures are done. Returns what is left of the users. */
export async function gatherErasures(url: string, users: readonly ErasedUser[]): Promise<ErasureEvidence> {
  const target = { url, project: forgottenProject };
  const done = await doneErasures(target, users);
  return { users, done, stored: await listAll(target), letterUsers: await listLetterKeys(target) };
}
