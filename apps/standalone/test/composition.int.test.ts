import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteDatabase } from '@user-activity/adapter-sqlite';
import { apiServer } from '@user-activity/api';
import { makeLogger, tokens } from '@user-activity/runner';
import { expect, test } from 'vitest';
import { wire } from '../src/composition.ts';
import { readConfig } from '../src/config.ts';

test('every token is provided and can be made', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'user-activity-wiring-'));
  const database = await SqliteDatabase.open({ folder });
  const about = { version: '1.2.3', scrapeMetrics: async () => '' };
  const wiring = wire(readConfig({}), makeLogger('fatal'), database, about);
  for (const each of Object.values(tokens)) expect(wiring.get<unknown>(each)).toBeDefined();
  expect(await wiring.get(apiServer)).toBeDefined();
  await wiring.close();
  await database.close();
  rmSync(folder, { recursive: true });
});
