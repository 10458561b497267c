import { compareErasures, isSamePartition, type RecordedErasure, Timestamp } from '@user-activity/domain';

/**
 * Takes all erasures of one user of a project. Merges those that follow each other on one partition with the same mode, because the later one
 * also covers what the earlier ones cover. So a user who is erased again and again costs no more than one who is erased once.
 */
export function mergedErasures(erasures: readonly RecordedErasure[]): readonly RecordedErasure[] {
  if (erasures.length < 2) return erasures;
  const merged: RecordedErasure[] = [];
  for (const erasure of erasures.toSorted(compareErasures)) {
    const previous = merged.at(-1);
    const isContinued = previous?.mode === erasure.mode && isSamePartition(previous.place, erasure.place);
    if (!isContinued) merged.push(erasure);
    else
      merged[merged.length - 1] = {
        ...erasure,
        requestedAt: Timestamp.trusted(Math.max(previous.requestedAt, erasure.requestedAt)),
        isOpen: previous.isOpen || erasure.isOpen,
      };
  }
  return merged;
}
