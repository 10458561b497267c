import { Turn } from '@user-activity/domain';
import { sampleActivities } from '@user-activity/port-contracts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { MongoActivityRepository } from '../src/index.ts';
import { freshStore } from './mongo-subjects.ts';

test('work waits for a new turn after each large document, and before each comparison', async () => {
  const { store, close } = await freshStore();
  onTestFinished(close);
  const repository = new MongoActivityRepository(store);
  onTestFinished(() => void vi.restoreAllMocks());
  vi.spyOn(Turn.prototype, 'isOver', 'get').mockReturnValue(true);
  const next = vi.spyOn(Turn.prototype, 'next');
  const turnsOf = (): number => next.mock.calls.splice(0).length;
  const large = sampleActivities(3, { metadata: { text: 'x'.repeat(70_000) } });
  await repository.save(large);
  expect(turnsOf()).toBe(3);
  await repository.save(large);
  // Each activity is converted, read and compared.
  expect(turnsOf()).toBe(9);
  // Most of the last batch existed, so these are looked up and not converted.
  await repository.save(large);
  expect(turnsOf()).toBe(6);
});
