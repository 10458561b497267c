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
import { Erasures, type ErasureLookupDeps, originalPosition } from './erasures.ts';
import type { StoreTally } from './store-records.ts';

// The number of erasures that are recorded in parallel. One after the other, those of a batch would take seconds.
const maxRecordedAtOnce = 50;

export interface UnlessErasedDeps extends ErasureLookupDeps {
  readonly projects: ErasureLookupDeps['projects'] & Pick<ProjectRepository, 'removeErased'>;
  readonly ledger: ErasureLookupDeps['ledger'] & Pick<ErasureLedger, 'record' | 'removeRecords'>;
}

/**
 * Stores records unless an erasure covers them. An erasure of a project covers what the service received up to its time. An erasure of a user
 * covers records that precede its request on the log. Covered records get the outcome `erased`. If a user was anonymised, covered records
 * are stored without their user and metadata.
 *
 *  1. Records the erasures that are requested by records.
 *  2. While an erasure is under way, removes the stored activities that it covers and that have the id of a record. Otherwise the record would
 *     be lost as a duplicate of, or in conflict with, an activity that is about to be removed.
 *  3. Stores the records that no erasure covers.
 *  4. Looks up the erasures again, and starts over at 2 if one was recorded meanwhile. The sweep of an erasure begins after the erasure is
 *     recorded. So what is stored after the sweep has passed is always removed here.
 *
 * If the process dies between 3 and 4, the records are delivered again, and step 2 removes them. If another consumer has committed them
 * meanwhile, the last pass of the sweep removes them.
 */
export async function unlessErased(
  deps: UnlessErasedDeps,
  records: readonly LogRecord[],
  store: (records: readonly LogRecord[]) => Promise<StoreTally | Error>,
): Promise<StoreTally | Error> {
  const others = await recordRequests(deps, records);
  for (;;) {
    const erasures = await Erasures.of(deps, others);
    // Nearly always there is no erasure, and then no record needs to be checked.
    const kept = erasures.isEmpty
      ? others
      : others.flatMap((record) => erasures.storableRecord(record) ?? []);
    if (!erasures.isEmpty) await removeErased(deps, others, erasures);
    const tally = await store(kept);
    if (tally instanceof Error) return tally;
    const latest = await Erasures.of(deps, others, erasures);
    if (!latest.hasErasuresMissingIn(erasures))
      return { ...tally, erased: tally.erased + records.length - kept.length };
  }
}

/**
 * Records the requested erasures in the ledger. Returns the other records. If a process with a wrong clock wrote a request, its time may be in
 * the future. Then it gets the latest valid time. Otherwise it would also erase what the service receives later on other partitions.
 */
async function recordRequests(
  deps: UnlessErasedDeps,
  records: readonly LogRecord[],
): Promise<readonly LogRecord[]> {
  const requests: Map<ErasureId, OpenErasure> = new Map();
  for (const record of records) {
    if (record.content.name !== 'ErasureRequested') continue;
    const { erasure } = record.content;
    // A request that was written twice keeps its first position.
    if (requests.has(erasure.id)) continue;
    requests.set(erasure.id, {
      ...erasure,
      requestedAt: Timestamp.trusted(Math.min(erasure.requestedAt, maxErasedAt(deps.clock.now()))),
      user: deps.digestUser(erasure.userId),
      place: originalPosition(record, deps.log),
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
  const ofProjects = records.flatMap((record) => erasures.removalsForProject(record));
  if (ofProjects.length > 0) await projects.removeErased(ofProjects);
  // Sorted, because an activity that an earlier erasure removes must not be anonymised by a later one.
  const ofUsers = records
    .flatMap((record) => erasures.removalsForUser(record))
    .toSorted((left, right) => compareErasures(left.erasure, right.erasure));
  const letters = records.flatMap((record) => erasures.letterToRemove(record));
  if (ofUsers.length + letters.length > 0) await ledger.removeRecords(ofUsers, letters);
}
