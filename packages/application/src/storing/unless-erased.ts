import {
  compareErasures,
  type ErasureId,
  type ErasureLedger,
  type LogRecord,
  maxErasedAt,
  type OpenErasure,
  type ProjectRepository,
  QualifiedTopic,
  Timestamp,
} from '@user-activity/domain';
import { Erasures, type ErasureLookupDeps, placeOf } from './erasures.ts';
import type { StoreTally } from './store-records.ts';

// One after the other, a batch of requests would take seconds.
const maxRecordedAtOnce = 50;

export interface UnlessErasedDeps extends ErasureLookupDeps {
  readonly projects: ErasureLookupDeps['projects'] & Pick<ProjectRepository, 'removeErased'>;
  readonly ledger: ErasureLookupDeps['ledger'] & Pick<ErasureLedger, 'record' | 'removeRecords'>;
}

/**
 * Stores records unless an erasure covers them: those that the service received at or before the erasure of their project, and those below
 * the erasure of their user, get the outcome `erased`. Those below an anonymisation of their user are stored without their user and metadata.
 *
 *  1. Records the erasures that the records request.
 *  2. Removes the erased activities that have the ids of the other records, while an erasure is under way. Otherwise such a record would be
 *     a duplicate or a conflict of an activity that is about to be removed, and would be lost.
 *  3. Stores what no erasure covers.
 *  4. Looks the erasures up again, and starts over at 2 if one was recorded meanwhile. So nothing that it covers stays: whatever is stored
 *     after the sweep of an erasure began was stored after the erasure was recorded, so the second look finds that erasure.
 *
 * If the process dies between 3 and 4, the records are delivered again, and removed then. If another member has committed them meanwhile,
 * the last pass of the sweep removes them.
 */
export async function unlessErased(
  deps: UnlessErasedDeps,
  records: readonly LogRecord[],
  store: (records: readonly LogRecord[]) => Promise<StoreTally | Error>,
): Promise<StoreTally | Error> {
  const others = await recordRequests(deps, records);
  for (;;) {
    const erasures = await Erasures.of(deps, others);
    // Nearly always there is no erasure. Then the records need not be looked at one by one.
    const kept = erasures.isEmpty ? others : others.flatMap((record) => erasures.kept(record) ?? []);
    if (!erasures.isEmpty) await removeErased(deps, others, erasures);
    const tally = await store(kept);
    if (tally instanceof Error) return tally;
    const latest = await Erasures.of(deps, others, erasures);
    if (!latest.hasOthersThan(erasures))
      return { ...tally, erased: tally.erased + records.length - kept.length };
  }
}

/**
 * Records the requested erasures. Returns the other records. A request that was written with a wrong clock gets the latest time that counts,
 * otherwise it would also erase what the service receives later on other partitions.
 */
async function recordRequests(
  deps: UnlessErasedDeps,
  records: readonly LogRecord[],
): Promise<readonly LogRecord[]> {
  const requests: Map<ErasureId, OpenErasure> = new Map();
  for (const record of records) {
    if (record.content.name !== 'ErasureRequested') continue;
    const { erasure } = record.content;
    // A request that was written twice keeps its first place.
    if (requests.has(erasure.id)) continue;
    requests.set(erasure.id, {
      ...erasure,
      requestedAt: Timestamp.trusted(Math.min(erasure.requestedAt, maxErasedAt(deps.clock.now()))),
      user: deps.digestUser(erasure.userId),
      place: placeOf(record, deps.log),
      topic: QualifiedTopic.of(record.replayOf ?? record.origin),
    });
  }
  if (requests.size === 0) return records;
  const all = [...requests.values()];
  for (let first = 0; first < all.length; first += maxRecordedAtOnce)
    await Promise.all(
      all.slice(first, first + maxRecordedAtOnce).map((request) => deps.ledger.record(request)),
    );
  return records.filter(({ content }) => content.name !== 'ErasureRequested');
}

async function removeErased(
  { projects, ledger }: UnlessErasedDeps,
  records: readonly LogRecord[],
  erasures: Erasures,
): Promise<void> {
  const ofProjects = records.flatMap((record) => erasures.dueOfProject(record));
  if (ofProjects.length > 0) await projects.removeErased(ofProjects);
  // Otherwise an activity would be anonymised that an earlier erasure removes.
  const ofUsers = records
    .flatMap((record) => erasures.dueOfUser(record))
    .toSorted((left, right) => compareErasures(left.erasure, right.erasure));
  const letters = records.flatMap((record) => erasures.dueLetter(record));
  if (ofUsers.length + letters.length > 0) await ledger.removeRecords(ofUsers, letters);
}
