import {
  ActivityKeyText,
  type ActivityMeasurement,
  type MeasuredPortion,
  Timestamp,
} from '@user-activity/domain';
import { activityOrder } from './indexes.ts';
import type { MongoStore } from './mongo-store.ts';
import { type Range, sortFor } from './ranges.ts';
import { activityRanges } from './remove-activities.ts';

interface RangeSize {
  readonly count: number;
  readonly bytes: number;
  readonly createdAt: Date;
  readonly id: string;
}

/** Adds up the sizes of one portion of a project's activities, the oldest first. */
export async function measureActivities(
  store: MongoStore,
  measurement: ActivityMeasurement,
): Promise<MeasuredPortion> {
  let [count, bytes] = [0, 0];
  let last: RangeSize | undefined;
  for (const range of activityRanges({ ...measurement, createdBefore: undefined })) {
    const max = measurement.limit - count;
    const [size] = max > 0 ? await sizeOfOldest(store, measurement, range, max).toArray() : [];
    if (size === undefined) continue;
    count += size.count;
    bytes += size.bytes;
    last = size;
  }
  if (last === undefined || count < measurement.limit) return { bytes, next: undefined };
  const id = ActivityKeyText.idOf(ActivityKeyText.trusted(last.id));
  return { bytes, next: { createdAt: Timestamp.trusted(last.createdAt.getTime()), id } };
}

/** Queries the total size of the oldest activities of a project in a range. MongoDB adds up the sizes and returns only the sum. */
export const sizeOfOldest = (
  { activities, timeoutMs }: MongoStore,
  { project }: Pick<ActivityMeasurement, 'project'>,
  range: Range,
  max: number,
) =>
  activities.aggregate<RangeSize>(
    [
      { $match: { project, ...range.positions } },
      { $sort: sortFor({ field: 'createdAt', order: 'asc' }, range) },
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
