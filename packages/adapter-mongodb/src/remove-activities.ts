import {
  ActivityKeyText,
  type ActivityRemoval,
  type RemovedPortion,
  TimeRange,
  Timestamp,
} from '@user-activity/domain';
import { activityOrder } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type Range, rangesAfter, sortFor } from './ranges.ts';

interface OldActivity {
  readonly _id: string;
  readonly createdAt: Date;
  /** Absent if the removal does not depend on it. MongoDB then need not read documents. */
  readonly receivedAt?: Date;
}

/** Removes one portion of a project's activities, the oldest first. */
export async function removeActivities(store: MongoStore, removal: ActivityRemoval): Promise<RemovedPortion> {
  const { project, createdBefore, receivedUpTo, limit } = removal;
  const portion: OldActivity[] = [];
  for (const range of activityRanges(removal)) {
    const max = limit - portion.length;
    if (max > 0) portion.push(...(await oldestActivities(store, removal, range, max).toArray()));
  }
  const due = portion.filter(
    ({ receivedAt }) => receivedUpTo === undefined || (receivedAt?.getTime() ?? 0) <= receivedUpTo,
  );
  const last = portion.length < limit ? undefined : portion.at(-1);
  const next = last && {
    createdAt: Timestamp.trusted(last.createdAt.getTime()),
    id: ActivityKeyText.idOf(ActivityKeyText.trusted(last._id)),
  };
  if (due.length === 0) return { removed: 0, next };
  // Repeats the conditions, because an activity may have been removed meanwhile, and a new one stored with the same id.
  const filter = {
    _id: { $in: due.map(({ _id }) => _id) },
    project,
    ...(createdBefore === undefined ? {} : { createdAt: { $lt: new Date(createdBefore) } }),
    ...(receivedUpTo === undefined ? {} : { receivedAt: { $lte: new Date(receivedUpTo) } }),
  };
  const { deletedCount } = await store.activities.deleteMany(filter, { hint: { _id: 1 } });
  return { removed: deletedCount, next };
}

/** Queries the oldest activities of a project in a range. Reads only an index if the removal does not depend on `receivedAt`. */
export const oldestActivities = (
  { activities, timeoutMs }: MongoStore,
  { project, receivedUpTo }: Pick<ActivityRemoval, 'project' | 'receivedUpTo'>,
  range: Range,
  max: number,
) =>
  activities.find<OldActivity>(
    { project, ...range.positions },
    {
      projection: { _id: 1, createdAt: 1, ...(receivedUpTo === undefined ? {} : { receivedAt: 1 }) },
      sort: sortFor({ field: 'createdAt', order: 'asc' }, range),
      limit: max,
      maxTimeMS: timeoutMs,
      hint: activityOrder,
    },
  );

/** Returns the ranges of a project's activities from which a portion is removed. */
export const activityRanges = ({
  project,
  createdBefore,
  after,
}: Pick<ActivityRemoval, 'project' | 'createdBefore' | 'after'>): readonly Range[] =>
  rangesAfter({
    field: 'createdAt',
    within: TimeRange.between(undefined, createdBefore),
    order: 'asc',
    after: after && { time: after.createdAt, id: ActivityKeyText.of({ project, id: after.id }) },
  });
