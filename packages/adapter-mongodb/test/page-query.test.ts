import type { UserActivity } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { type ActivityDocument, documentOf } from '../src/activity-document.ts';
import { readInTurns } from '../src/page-query.ts';

/** What the driver does with documents that have arrived: it waits for nothing between them. */
async function* arrived(count: number, activity: UserActivity): AsyncGenerator<ActivityDocument> {
  for (let left = count; left > 0; left -= 1) yield documentOf(activity);
}

/** How many are read, and whether others had their turn meanwhile. */
async function read(count: number, activity: UserActivity, maxBytes?: number) {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  const { length } = await readInTurns(arrived(count, activity), maxBytes);
  return { length, turned };
}

const large = sampleActivity({ metadata: { text: 'x'.repeat(10_000) } });

test('the event loop turns while large activities are read', async () => {
  expect(await read(10, large)).toEqual({ length: 10, turned: true });
});

test('and a page of 50 small ones does not wait for it', async () => {
  expect(await read(50, sampleActivity())).toEqual({ length: 50, turned: false });
});

test('no more is read than the activity with which there are too many bytes', async () => {
  expect(await read(10, large, 25_000)).toMatchObject({ length: 3 });
});
