import {
  DeadLetterId,
  type Erasure,
  type ErasedRecord,
  isErased,
  type LogRecord,
  type ProjectId,
  type ProjectRepository,
} from '@user-activity/domain';
import type { StoreTally } from './store-records.ts';

/**
 * Stores records unless their project was erased: those that the service received at or before the erasure get the outcome `erased`.
 * An erasure may be recorded while the records are stored. So it is looked up again afterwards, and what it covers is removed: whatever
 * is stored after the sweep of an erasure began was stored after the erasure was recorded, so the second look finds that erasure. If the
 * process dies in between, the records are delivered again, and removed then. What is removed here counts as `stored`, as if the sweep
 * had removed it.
 */
export async function unlessErased(
  projects: Pick<ProjectRepository, 'findErasures' | 'removeErased'>,
  records: readonly LogRecord[],
  store: (records: readonly LogRecord[]) => Promise<StoreTally | Error>,
): Promise<StoreTally | Error> {
  const names = [...new Set(records.flatMap((record) => projectOf(record) ?? []))];
  const removeErased = async (candidates: readonly LogRecord[]): Promise<ReadonlyMap<LogRecord, Erasure>> => {
    if (names.length === 0) return new Map();
    const erased = erasedAmong(candidates, await projects.findErasures(names));
    if (erased.size > 0) await projects.removeErased([...erased].flatMap(erasedRecord));
    return erased;
  };
  const erased = await removeErased(records);
  const others = records.filter((record) => !erased.has(record));
  const tally = await store(others);
  if (tally instanceof Error) return tally;
  await removeErased(others);
  return { ...tally, erased: tally.erased + erased.size };
}

const projectOf = ({ content }: LogRecord): ProjectId | undefined =>
  content.name === 'Unreadable' ? undefined : content.activity.project;

function erasedAmong(
  records: readonly LogRecord[],
  erasures: readonly Erasure[],
): ReadonlyMap<LogRecord, Erasure> {
  const byProject = new Map(erasures.map((erasure) => [erasure.project, erasure]));
  const erased = new Map<LogRecord, Erasure>();
  for (const record of byProject.size === 0 ? [] : records) {
    if (record.content.name === 'Unreadable') continue;
    const erasure = byProject.get(record.content.activity.project);
    if (erasure !== undefined && isErased(record.content.activity, erasure)) erased.set(record, erasure);
  }
  return erased;
}

function erasedRecord([{ content, origin, replayOf }, erasure]: readonly [
  LogRecord,
  Erasure,
]): ErasedRecord[] {
  if (content.name === 'Unreadable') return [];
  return [{ ...erasure, id: content.activity.id, letterId: DeadLetterId.of(replayOf ?? origin) }];
}
