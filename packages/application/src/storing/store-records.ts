import {
  type Clock,
  cutReason,
  type DeadLetter,
  type DeadLetterCode,
  type DeadLetterQueue,
  emptyTally,
  firstCopyOf,
  type LogId,
  type LogPosition,
  type LogRecord,
  type RecordOutcome,
  type SaveOutcome,
  type UserActivity,
} from '@user-activity/domain';
import { deliveredRecord } from './anonymised-record.ts';
import {
  type FirstOutcome,
  saveAndResolveConflicts,
  type ConflictDeps,
} from './save-and-resolve-conflicts.ts';

/** The number of records with each outcome. */
export type StoreTally = Readonly<Record<RecordOutcome, number>>;

export interface StoreRecordsDeps extends ConflictDeps {
  readonly deadLetterQueue: DeadLetterQueue;
  /** The log of the records. */
  readonly log: LogId;
  readonly clock: Clock;
}

/**
 * Saves the activities of records, and adds a dead letter for each record that can't be saved. `firstOutcomes` keeps the outcomes of earlier
 * attempts: an activity that one of them saved is counted with that outcome. Returns an error if another attempt would not help.
 */
export async function storeRecords(
  deps: StoreRecordsDeps,
  records: readonly LogRecord[],
  firstOutcomes: Map<LogRecord, SaveOutcome>,
): Promise<StoreTally | Error> {
  const tally = emptyTally();
  const letters: DeadLetter[] = [];
  const addLetter = (record: LogRecord, code: DeadLetterCode, reason: string): void => {
    // Takes the origin of the original record, so that a replayed record gets no second letter.
    letters.push({
      ...firstCopyOf(record),
      code,
      reason: cutReason(reason),
      diedAt: deps.clock.now(),
      ...projectAndIdOf(record),
    });
  };
  const readable: LogRecord[] = [];
  const activities: UserActivity[] = [];
  for (const record of records) {
    if (record.content.name === 'Unreadable') {
      addLetter(record, 'unreadable', record.content.reason);
      tally.dead_lettered += 1;
    } else if (record.content.name === 'ActivityLogged') {
      readable.push(record);
      activities.push(record.content.activity);
    }
  }

  const firstOutcome: FirstOutcome = (latest, index) => {
    const record = readable[index];
    if (record === undefined) return latest;
    const delivered = deliveredRecord(record);
    const outcome = latest === 'redelivered' ? (firstOutcomes.get(delivered) ?? latest) : latest;
    if (outcome === 'stored' || outcome === 'duplicate') firstOutcomes.set(delivered, outcome);
    return outcome;
  };
  const origins = originsOf(deps.log, readable);
  const outcomes =
    activities.length === 0 ? [] : await saveAndResolveConflicts(deps, activities, origins, firstOutcome);
  for (const [index, record] of readable.entries()) {
    const outcome = outcomes[index];
    // Continuing would commit an activity that may not be stored.
    if (outcome === undefined)
      return new Error('The repository returned no outcome for an activity, which breaks its promise R4.');
    if (typeof outcome === 'object') {
      addLetter(record, 'refused', outcome.refused);
      tally.dead_lettered += 1;
    } else {
      if (outcome === 'conflict') addLetter(record, 'conflict', 'its id already holds another fact');
      tally[outcome] += 1;
    }
  }
  if (letters.length > 0) await deps.deadLetterQueue.add(letters);
  return tally;
}

const originsOf = (log: LogId, records: readonly LogRecord[]): readonly LogPosition[] =>
  records.map(({ origin: { partition, offset } }) => ({ log, partition, offset }));

function projectAndIdOf({ content }: LogRecord): Pick<DeadLetter, 'project' | 'activityId'> {
  if (content.name === 'Unreadable') return { project: content.project };
  if (content.name === 'ErasureRequested') return { project: content.erasure.project };
  const { project, id } = content.activity;
  return { project, activityId: id };
}
