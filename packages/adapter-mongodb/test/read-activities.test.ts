import type { UserActivity } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { activityDocument, type ActivityDocument } from '../src/activity-document.ts';
import { readInTurns } from '../src/read-activities.ts';

/** Yields documents as the driver does after they arrived, without a wait between them. */
async function* arrived(count: number, activity: UserActivity): AsyncGenerator<ActivityDocument> {
  for (let left = count; left > 0; left -= 1) yield activityDocument(activity);
}

/** Returns how many were read, and whether other work had a turn meanwhile. */
async function read(count: number, activity: UserActivity, maxBytes?: number) {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  const { length } = await readInTurns(arrived(count, activity), maxBytes);
  return { length, turned };
}

const large = sampleActivity({ metadata: { text: 'x'.repeat(10_000) } });

test('other work gets turns while large activities are read', async () => {
  expect(await read(10, large)).toEqual({ length: 10, turned: true });
});

test('a page of 50 small activities does not wait for a turn', async () => {
  expect(await read(50, sampleActivity())).toEqual({ length: 50, turned: false });
});

test('reading ends with the activity that exceeds the maximum size', async () => {
  expect(await read(10, large, 25_000)).toMatchObject({ length: 3 });
});
