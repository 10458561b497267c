import { setImmediate as nextRound } from 'node:timers/promises';
import type { UserActivity } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { BSON } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { activityDocument, type ActivityDocument } from '../src/activity-document.ts';
import { decodeInTurns, readInTurns } from '../src/read-activities.ts';

/** Yields documents as the driver does after they arrived, without a wait between them. */
async function* arrived(count: number, activity: UserActivity): AsyncGenerator<ActivityDocument> {
  for (let left = count; left > 0; left -= 1) yield activityDocument(activity);
}

/** Returns documents as a reply of MongoDB has them. */
const encoded = (count: number, activity: UserActivity): readonly Buffer[] =>
  Array.from({ length: count }, () => Buffer.from(BSON.serialize(activityDocument(activity))));

/** Returns how many were read, and whether other work had a turn meanwhile. */
async function withTurns(read: () => Promise<readonly unknown[]>) {
  // The turns of an earlier test end.
  await nextRound();
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  const { length } = await read();
  return { length, turned };
}

const large = sampleActivity({ metadata: { text: 'x'.repeat(10_000) } });

describe.each([
  ['a cursor', (count: number, activity: UserActivity) => readInTurns(arrived(count, activity))],
  ['a reply', (count: number, activity: UserActivity) => decodeInTurns(encoded(count, activity), Infinity)],
])('%s', (_, read) => {
  test('other work gets turns while large activities are read', async () => {
    expect(await withTurns(() => read(10, large))).toEqual({ length: 10, turned: true });
  });

  test('a page of 50 small activities does not wait for a turn', async () => {
    expect(await withTurns(() => read(50, sampleActivity()))).toEqual({ length: 50, turned: false });
  });
});

test('reading ends with the activity that exceeds the maximum size', async () => {
  expect(await decodeInTurns(encoded(10, large), 25_000)).toHaveLength(3);
});
