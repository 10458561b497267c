import { ActivityKeyText, type ActivityRemoval, Timestamp } from '@user-activity/domain';
import type { Position } from '../protocol/branches.ts';

// A thread does nothing else during a job. So a portion of 1,000 rows is split into several jobs, and other jobs can run between them.
const maxRows = 100;

/** Splits a portion of `limit` rows into jobs. Returns the maximum number of rows of each job. */
export const jobLimits = (limit: number): readonly number[] =>
  Array.from({ length: Math.ceil(limit / maxRows) }, (_, index) =>
    Math.min(maxRows, limit - index * maxRows),
  );

/** Returns the position after which the portion begins. Returns null for the first portion. */
export const portionStart = ({
  project,
  after,
}: Pick<ActivityRemoval, 'project' | 'after'>): Position | null =>
  after === undefined ? null : [after.createdAt, ActivityKeyText.of({ project, id: after.id })];

/** Converts a position to the form that the ports use. */
export const domainPosition = ([createdAt, key]: Position) => ({
  createdAt: Timestamp.trusted(createdAt),
  id: ActivityKeyText.idOf(ActivityKeyText.trusted(key)),
});
