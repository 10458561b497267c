import { isDomainError } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { SqliteActivityRepository, SqliteKeyRepository } from '../src/index.ts';
import { scratch } from './sqlite-subjects.ts';

test('keys can be read while the queue of client queries is full', async () => {
  const { database } = await scratch();
  const activities = new SqliteActivityRepository(database);
  const queries = Array.from({ length: 3000 }, () =>
    activities.findById(sampleActivity()).catch((error: unknown) => error),
  );
  expect(await new SqliteKeyRepository(database).findAll()).toEqual([]);
  const results = await Promise.all(queries);
  expect(results.some((result) => isDomainError(result, 'STORE_UNAVAILABLE'))).toBe(true);
});
