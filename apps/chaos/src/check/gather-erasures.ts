import { listActivities, listDeadLetterUsers } from '../list.ts';
import type { ErasedUser } from '../load/eraser.ts';
import { erasureProject } from '../projects.ts';
import { waitForErasures } from './wait-for-erasures.ts';
import type { ErasureEvidence } from './find-erasure-faults.ts';

/** Waits until the erasures are done, but at most 90 s. Then reads what is stored in the project of the erased users. */
export async function gatherErasures(url: string, users: readonly ErasedUser[]): Promise<ErasureEvidence> {
  const target = { url, project: erasureProject };
  const done = await waitForErasures(target, users);
  return {
    users,
    done,
    stored: await listActivities(target),
    letterUsers: await listDeadLetterUsers(target),
  };
}
