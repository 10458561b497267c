import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  DeadLetterFilter,
  DeadLetterQuery,
  type ErasureMode,
  LogId,
  type OpenErasure,
  ProjectId,
  UserDigest,
  UserId,
} from '@user-activity/domain';
import { filterOf, letterOf, sampleActivity, sampleErasure } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import {
  SqliteActivityRepository,
  SqliteDatabase,
  SqliteDeadLetterQueue,
  SqliteDeadLetterRepository,
  SqliteErasureLedger,
  SqliteKeyRepository,
} from '../src/index.ts';
import { scratch, scratchFolder } from './sqlite-subjects.ts';

const log = LogId.parse('log-1');
const user = UserDigest.trusted('digest');

/** Makes an erasure at offset 10,000 of the log. */
const openErasure = (userId: UserId, mode: ErasureMode = 'erase'): OpenErasure => ({
  ...sampleErasure({ userId, mode }).erasure,
  user,
  place: { log, partition: 0, offset: 10_000 },
  topic: 'user-activity',
});

/** Carries an erasure out. Returns the number of activities that it changed. */
async function erase(database: SqliteDatabase, erasure: OpenErasure): Promise<number> {
  const ledger = new SqliteErasureLedger(database);
  await ledger.record(erasure);
  const replacement = erasure.mode === 'erase' ? undefined : UserId.parse('nobody');
  let removed = 0;
  let after: Awaited<ReturnType<typeof ledger.removeActivities>>['next'];
  do {
    const portion = await ledger.removeActivities({ erasure, replacement, after, limit: 1000 });
    removed += portion.removed;
    after = portion.next;
  } while (after !== undefined);
  while ((await ledger.removeLetters(erasure, 100)) > 0);
  await ledger.finish(erasure.id);
  return removed;
}

test('a file of schema version 10 keeps its content, and its users can be erased', async () => {
  const { folder } = await scratchFolder();
  const file = new DatabaseSync(join(folder, 'user-activity.db'));
  file.exec(readFileSync(join(import.meta.dirname, 'fixtures', 'version-10.sql'), 'utf8'));
  file.close();
  const erasure = openErasure(UserId.parse('user-1'));
  for (const [isErased, activities, letters, removed] of [
    [false, 1, ['http:7:8', 'user-activity:0:3'], 1],
    [true, 0, ['http:7:8'], 0],
  ] as const) {
    const database = await SqliteDatabase.open({ folder });
    const ledger = new SqliteErasureLedger(database);
    expect(await ledger.isEmpty()).toBe(!isErased);
    expect(await new SqliteKeyRepository(database).findAll()).toMatchObject([{ id: '00000000000000aa' }]);
    const repository = new SqliteActivityRepository(database);
    expect(await repository.count(filterOf())).toBe(activities);
    expect(await repository.count(filterOf({ project: ProjectId.parse('shop') }))).toBe(1);
    const filter = DeadLetterFilter.of({ project: ProjectId.default });
    const page = await new SqliteDeadLetterRepository(database).find(DeadLetterQuery.of({ filter }));
    expect(page.letters.map(({ id }) => id)).toEqual(letters);
    expect(await erase(database, erasure)).toBe(removed);
    await database.close();
  }
});

/** Returns which of the texts are in the bytes of the data file or of its write-ahead log, after a checkpoint. */
function textsIn(file: string, texts: readonly string[]): readonly string[] {
  const db = new DatabaseSync(file);
  const [{ busy } = {}] = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  db.close();
  expect(busy).toBe(0);
  const bytes = ['', '-wal'].map((end) => readFileSync(`${file}${end}`));
  return texts.filter((text) => bytes.some((content) => content.includes(text)));
}

test.each(['erase', 'anonymise'] as const)(
  'after %s, neither the file nor its write-ahead log has bytes of the metadata and of the user',
  async (mode) => {
    const { database } = await scratch();
    const [userId, other] = [UserId.parse('ann@example.com'), UserId.parse('bob@example.com')];
    const texts = ['marker-of-ann', 'marker-of-a-letter', userId, 'marker-of-bob'];
    // In random order, so that pages are split. Some have metadata of several pages.
    const activities = Array.from({ length: 3000 }, (_, index) =>
      sampleActivity({
        id: `${(index * 7919) % 3001}`,
        userId: index % 3 === 0 ? userId : other,
        type: `TYPE_${index % 5}`,
        metadata: {
          text: index % 3 === 0 ? 'marker-of-ann' : 'marker-of-bob',
          fill: 'x'.repeat(index % 100 === 0 ? 20_000 : index % 90),
        },
        createdAt: (index * 104_729) % 3001,
      }),
    );
    const repository = new SqliteActivityRepository(database);
    for (let from = 0; from < activities.length; from += 100) {
      const part = activities.slice(from, from + 100);
      await repository.save(
        part,
        part.map((_, index) => ({ log, partition: 0, offset: from + index })),
      );
    }
    const key = new TextEncoder().encode(userId);
    const value = new TextEncoder().encode('marker-of-a-letter');
    const letters = Array.from({ length: 200 }, (_, offset) => letterOf(offset, { key, value }));
    await new SqliteDeadLetterQueue(database).add(letters);
    expect(textsIn(database.file, texts)).toEqual(texts);
    expect(await erase(database, openErasure(userId, mode))).toBe(1000);
    expect(textsIn(database.file, texts)).toEqual(['marker-of-bob']);
    expect(await repository.count(filterOf({ userIds: [other] }))).toBe(2000);
  },
);
