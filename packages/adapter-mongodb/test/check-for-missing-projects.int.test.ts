import { ProjectId } from '@user-activity/domain';
import { filterOf } from '@user-activity/port-contracts';
import { mongodbUri } from '@user-activity/test-kit/shared';
import { Collection, MongoClient } from 'mongodb';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { MongoActivityRepository, MongoDeadLetterRepository } from '../src/index.ts';
import { freshStore } from './mongo-subjects.ts';
import { activitiesOf, lettersOf, olderActivity, olderLetter } from './older-database.ts';

const project = ProjectId.default;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('documents that an older process writes after the migration get a project within a minute', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { store, interrupt, close, database } = await freshStore();
  onTestFinished(close);
  const client = await MongoClient.connect(mongodbUri());
  onTestFinished(() => client.close());
  const [activity] = activitiesOf(1);
  const [letter] = lettersOf(1);
  if (activity === undefined || letter === undefined) throw new Error('There are no samples.');
  const repository = new MongoActivityRepository(store);
  const deadLetters = new MongoDeadLetterRepository(store);
  const latest = () => deadLetters.findLatestLetters([activity]);
  await client.db(database).collection<{ _id: string }>('activities').insertOne(olderActivity(activity));
  await client.db(database).collection<{ _id: string }>('dead_letters').insertOne(olderLetter(letter));
  // Before the check, the activity is found by its key and its id is taken, but no filter finds it.
  expect((await repository.findById(activity))?.toActivity()).toEqual(activity);
  expect(await repository.save([activity])).toEqual(['redelivered']);
  expect(await repository.count(filterOf())).toBe(0);

  // A check fails in an outage, and the next check finishes its work.
  const restore = await interrupt();
  const failed = vi.spyOn(Collection.prototype, 'find');
  vi.advanceTimersByTime(60_000);
  expect(failed).toHaveBeenCalledOnce();
  await restore();
  await expect
    .poll(() => {
      vi.advanceTimersByTime(60_000);
      return repository.count(filterOf());
    })
    .toBe(1);
  await expect
    .poll(() => {
      vi.advanceTimersByTime(60_000);
      return latest();
    })
    .toEqual([{ project, id: activity.id, diedAt: letter.diedAt }]);
  await store.close();
  expect(vi.getTimerCount()).toBe(0);
});
