import { Turn } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { SqliteActivityRepository } from '../src/index.ts';
import { scratch } from './sqlite-subjects.ts';

test('a save lets other work run before a comparison if its turn is over, and never for new activities', async () => {
  const { database } = await scratch();
  const repository = new SqliteActivityRepository(database);
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(Turn.prototype, 'isOver', 'get').mockReturnValue(true);
  const next = vi.spyOn(Turn.prototype, 'next');
  const activities = sampleActivities(3);
  expect(await repository.save(activities)).toEqual(['stored', 'stored', 'stored']);
  expect(next).not.toHaveBeenCalled();
  expect(await repository.save(activities)).toEqual(['redelivered', 'redelivered', 'redelivered']);
  expect(next).toHaveBeenCalledTimes(3);
});
