import { ActivityKeyText, type ActivityRemoval, Timestamp } from '@user-activity/domain';
import type { Position } from '../protocol/branches.ts';

// A thread does nothing else during a job, so a portion of 1,000 rows is several jobs, and others come in between.
const maxRows = 100;

/** Returns the limits of the jobs of a portion. */
export const shares = (limit: number): readonly number[] =>
  Array.from({ length: Math.ceil(limit / maxRows) }, (_, index) =>
    Math.min(maxRows, limit - index * maxRows),
  );

export const positionAfter = ({
  project,
  after,
}: Pick<ActivityRemoval, 'project' | 'after'>): Position | null =>
  after === undefined ? null : [after.createdAt, ActivityKeyText.of({ project, id: after.id })];

export const positionOf = ([createdAt, key]: Position) => ({
  createdAt: Timestamp.trusted(createdAt),
  id: ActivityKeyText.idOf(ActivityKeyText.trusted(key)),
});
