import { ActivityId, type DeadLetter, Timestamp, type UserActivity } from '@user-activity/domain';
import { letterOf, sampleActivity } from '@user-activity/port-contracts';
import type { Db, Document } from 'mongodb';
import { activityDocument } from '../src/activity-document.ts';
import { deadLetterDocument } from '../src/dead-letter-document.ts';

const start = Date.parse('2026-01-02T03:04:05.678Z');

/** Makes activities of the project `default`. Seven of them share each time. */
export const activitiesOf = (count: number, prefix = 'older') =>
  Array.from({ length: count }, (_, index) =>
    sampleActivity({
      id: `${prefix}-${index}`,
      userId: `user-${index % 3}`,
      type: `TYPE_${index % 2}`,
      metadata: { $set: { 'a.b': index }, text: 'é' },
      createdAt: start + Math.floor(index / 7) * 1000,
    }),
  );

/** Makes dead letters of the project `default`. Half of them have the id of their activity. */
export const lettersOf = (count: number, topic = 'user-activity') =>
  Array.from({ length: count }, (_, offset) =>
    letterOf(offset, {
      origin: { topic, partition: 0, offset },
      code: (['unreadable', 'conflict', 'refused'] as const)[offset % 3] ?? 'refused',
      headers: { ce_type: [Uint8Array.of(1, 2), new Uint8Array()] },
      diedAt: Timestamp.fromMillis(start + Math.floor(offset / 7) * 1000),
      ...(offset % 2 === 0 ? { activityId: ActivityId.parse(`older-${offset % 100}`) } : {}),
    }),
  );

/** A document whose id is a text, as in this service. */
interface TextId extends Document {
  readonly _id: string;
}

/** Makes the document of an activity as a version without projects did, for example that of commit 9c81301. */
export function olderActivity(activity: UserActivity): TextId {
  const { userId, type, metadata, createdAt, receivedAt } = activityDocument(activity);
  return { _id: activity.id, userId, type, metadata, createdAt, receivedAt };
}

/** Makes the document of a dead letter as a version without projects did. */
export function olderLetter(letter: DeadLetter): TextId {
  const { _id, origin, key, value, headers, code, reason, diedAt, activityId } = deadLetterDocument(letter);
  const members = { _id, origin, key, value, headers, code, reason, diedAt };
  return activityId === undefined ? members : { ...members, activityId };
}

const olderIndexes = {
  activities: [
    { key: { userId: 1, createdAt: -1, _id: -1 } },
    { key: { type: 1, createdAt: -1, _id: -1 } },
    { key: { userId: 1, type: 1, createdAt: -1, _id: -1 } },
    { key: { createdAt: -1, _id: -1 } },
  ],
  dead_letters: [
    { key: { code: 1, diedAt: -1, _id: -1 } },
    { key: { diedAt: -1, _id: -1 } },
    { key: { activityId: 1, diedAt: -1 }, partialFilterExpression: { activityId: { $exists: true } } },
  ],
} as const;

/** Fills an empty database as commit 9c81301 does: with its indexes and its documents. */
export async function fillOlderDatabase(
  db: Db,
  activities: readonly UserActivity[],
  letters: readonly DeadLetter[],
): Promise<void> {
  for (const [name, indexes] of Object.entries(olderIndexes))
    await db.collection(name).createIndexes(indexes.map((index) => ({ ...index, key: { ...index.key } })));
  if (activities.length > 0)
    await db.collection<TextId>('activities').insertMany(activities.map(olderActivity));
  if (letters.length > 0) await db.collection<TextId>('dead_letters').insertMany(letters.map(olderLetter));
  await db.collection<TextId>('topics').insertOne({ _id: 'user-activity', partitions: 12 });
}
