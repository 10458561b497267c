import {
  ActivityKeyText,
  type ActivityMeasurement,
  type MeasuredPortion,
  Timestamp,
} from '@user-activity/domain';
import { activityOrder } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type Range, sortOf } from './ranges.ts';
import { rangesOf } from './remove-activities.ts';

interface Measured {
  readonly count: number;
  readonly bytes: number;
  readonly createdAt: Date;
  readonly id: string;
}

/** Measures one portion of the oldest activities of a project. */
export async function measureActivities(
  store: MongoStore,
  measurement: ActivityMeasurement,
): Promise<MeasuredPortion> {
  let [count, bytes] = [0, 0];
  let last: Measured | undefined;
  for (const range of rangesOf({ ...measurement, createdBefore: undefined })) {
    const max = measurement.limit - count;
    const [measured] = max > 0 ? await sizeOf(store, measurement, range, max).toArray() : [];
    if (measured === undefined) continue;
    count += measured.count;
    bytes += measured.bytes;
    last = measured;
  }
  if (last === undefined || count < measurement.limit) return { bytes, next: undefined };
  const id = ActivityKeyText.idOf(ActivityKeyText.trusted(last.id));
  return { bytes, next: { createdAt: Timestamp.trusted(last.createdAt.getTime()), id } };
}

/** Queries the size of the oldest activities of a project in a range. MongoDB returns the sum alone. */
export const sizeOf = (
  { activities, timeoutMs }: MongoStore,
  { project }: Pick<ActivityMeasurement, 'project'>,
  range: Range,
  max: number,
) =>
  activities.aggregate<Measured>(
    [
      { $match: { project, ...range.positions } },
      { $sort: sortOf({ field: 'createdAt', order: 'asc' }, range) },
      { $limit: max },
      {
        $group: {
          _id: null,
          count: { $sum: 1 },
          bytes: { $sum: { $bsonSize: '$$ROOT' } },
          createdAt: { $last: '$createdAt' },
          id: { $last: '$_id' },
        },
      },
    ],
    { hint: { ...activityOrder }, maxTimeMS: timeoutMs },
  );
