import { ProjectId, type SettingsOfProject } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { ProjectTable } from '../src/projects/project-table.ts';

const shop = ProjectId.parse('shop');

const limitedTo = (itemsPerSecond: number): readonly SettingsOfProject[] => [
  { project: shop, retentionDays: undefined, limits: { itemsPerSecond } },
];

test('an older read that ends later changes nothing', async () => {
  const table = new ProjectTable(undefined, () => 0);
  const older = Promise.withResolvers<readonly SettingsOfProject[]>();
  const olderRead = table.refresh({ findSettings: () => older.promise });
  await table.refresh({ findSettings: async () => limitedTo(2) });
  older.resolve(limitedTo(1));
  await olderRead;
  expect(table.limitsOf(shop)).toEqual({ itemsPerSecond: 2 });
});

test('a read that fails changes nothing, and the next read does', async () => {
  const table = new ProjectTable(undefined, () => 0);
  await table.refresh({ findSettings: async () => limitedTo(1) });
  const failure = new Error('The store is down.');
  await expect(table.refresh({ findSettings: async () => Promise.reject(failure) })).rejects.toBe(failure);
  expect(table.limitsOf(shop)).toEqual({ itemsPerSecond: 1 });
  await table.refresh({ findSettings: async () => limitedTo(2) });
  expect(table.limitsOf(shop)).toEqual({ itemsPerSecond: 2 });
});
