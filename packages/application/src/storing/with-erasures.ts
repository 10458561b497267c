import {
  DeadLetterId,
  type DeadLetterQueue,
  type DeadLetterRepository,
  type Erasure,
  type ErasedRecord,
  isErased,
  type LogRecord,
  type ProjectId,
  type ProjectRepository,
} from '@user-activity/domain';
import { persist, type StoreActivities, type StoreActivitiesDeps } from './store-activities.ts';

type Projects = Pick<ProjectRepository, 'findErasures' | 'removeErased'>;

/**
 * Keeps activities of erased projects out of the store: those that the service received at or before the erasure get the outcome `erased`.
 * An erasure may be recorded while the records are stored. So it is looked up again afterwards, and what it covers is removed: whatever
 * is stored after the sweep of an erasure began was stored after the erasure was recorded, so the second look finds that erasure. If the process
 * dies in between, the records are delivered again, and removed then. What is removed here counts as `stored`, as if the sweep had
 * removed it.
 */
export function withErasures(
  store: StoreActivities,
  deps: StoreActivitiesDeps & { readonly projects: Projects },
): StoreActivities {
  const { projects } = deps;
  return async function storeActivities(records, signal) {
    const names = [...new Set(records.flatMap((record) => projectOf(record) ?? []))];
    const findErased = (candidates: readonly LogRecord[]) =>
      names.length === 0
        ? new Map<LogRecord, Erasure>()
        : persist(deps, signal, async () => erasedAmong(candidates, await projects.findErasures(names)));
    const remove = async (covered: ReadonlyMap<LogRecord, Erasure>): Promise<void> => {
      if (covered.size > 0)
        await persist(deps, signal, () => projects.removeErased([...covered].flatMap(erasedRecord)));
    };
    const erasedRecords = await findErased(records);
    await remove(erasedRecords);
    const otherRecords = records.filter((record) => !erasedRecords.has(record));
    const tally = await store(otherRecords, signal);
    await remove(await findErased(otherRecords));
    return { ...tally, erased: tally.erased + erasedRecords.size };
  };
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

/** Wraps a queue. A letter that died at or before an erasure of its project is removed again, if the erasure was recorded meanwhile. */
export const withoutErasedLetters = (
  queue: DeadLetterQueue,
  projects: Pick<ProjectRepository, 'findErasures'>,
  deadLetters: Pick<DeadLetterRepository, 'remove'>,
): DeadLetterQueue => ({
  async add(letters) {
    await queue.add(letters);
    const erasures = await projects.findErasures([...new Set(letters.map(({ project }) => project))]);
    const erased = letters.filter(({ project, diedAt }) =>
      erasures.some((erasure) => erasure.project === project && diedAt <= erasure.erasedAt),
    );
    if (erased.length > 0) await deadLetters.remove(erased);
  },
});
