import {
  DeadLetterId,
  type ErasedRecord,
  isErased,
  type KeptErasure,
  type LogRecord,
  type ProjectId,
  type ProjectRepository,
} from '@user-activity/domain';
import { type ErasureDeps, findErasures } from '../projects/find-erasures.ts';
import type { StoreTally } from './store-records.ts';

type Erasures = ReadonlyMap<ProjectId, KeptErasure>;

export interface UnlessErasedDeps extends ErasureDeps {
  readonly projects: Pick<ProjectRepository, 'findErasures' | 'removeErased'>;
}

/**
 * Stores records unless their project was erased: those that the service received at or before the erasure get the outcome `erased`. While
 * an erasure is under way, first removes the erased activities that have the ids of the other records. Otherwise such a record would be a
 * duplicate or a conflict of an activity that is about to be removed, and would be lost.
 * Looks the erasures up again afterwards, and starts over if one was recorded meanwhile. So nothing that it covers stays: whatever is stored
 * after the sweep of an erasure began was stored after the erasure was recorded, so the second look finds that erasure. If the process dies
 * in between, the records are delivered again, and removed then.
 */
export async function unlessErased(
  deps: UnlessErasedDeps,
  records: readonly LogRecord[],
  store: (records: readonly LogRecord[]) => Promise<StoreTally | Error>,
): Promise<StoreTally | Error> {
  for (;;) {
    const erasures = await erasuresOf(deps, records);
    // Nearly always no project has an erasure. Then the records need not be looked at one by one.
    const hasErasures = erasures.size > 0;
    const others = hasErasures ? records.filter((record) => !isErasedBy(record, erasures)) : records;
    const due = hasErasures ? records.flatMap((record) => erasedRecord(record, erasures)) : [];
    if (due.length > 0) await deps.projects.removeErased(due);
    const tally = await store(others);
    if (tally instanceof Error) return tally;
    const latest = await erasuresOf(deps, others);
    const isNew = ({ project, erasedAt }: KeptErasure): boolean =>
      erasures.get(project)?.erasedAt !== erasedAt;
    if (![...latest.values()].some(isNew))
      return { ...tally, erased: tally.erased + records.length - others.length };
  }
}

async function erasuresOf(deps: ErasureDeps, records: readonly LogRecord[]): Promise<Erasures> {
  const names = new Set<ProjectId>();
  for (const { content } of records) if (content.name !== 'Unreadable') names.add(content.activity.project);
  const erasures = await findErasures(deps, names);
  return new Map(erasures.map((erasure) => [erasure.project, erasure]));
}

function isErasedBy({ content }: LogRecord, erasures: Erasures): boolean {
  if (content.name === 'Unreadable') return false;
  const erasure = erasures.get(content.activity.project);
  return erasure !== undefined && isErased(content.activity, erasure);
}

/** Returns the record for `removeErased`, or nothing if the store has no erased activity under its id. */
function erasedRecord(record: LogRecord, erasures: Erasures): readonly ErasedRecord[] {
  const { content, origin, replayOf } = record;
  if (content.name === 'Unreadable') return [];
  const { project, id } = content.activity;
  const erasure = erasures.get(project);
  if (erasure === undefined || !(erasure.erasing || isErasedBy(record, erasures))) return [];
  return [{ project, erasedAt: erasure.erasedAt, id, letterId: DeadLetterId.of(replayOf ?? origin) }];
}
