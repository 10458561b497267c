import { hash } from 'node:crypto';
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  DeadLetterFilter,
  DeadLetterQuery,
  ErasureId,
  type ErasureMode,
  isCovered,
  LogId,
  type OpenErasure,
  ProjectId,
  Timestamp,
  UserDigest,
  UserId,
} from '@user-activity/domain';
import { filterOf, letterOf, sampleActivity, sampleErasure } from '@user-activity/port-contracts';
import { expect, onTestFinished, test } from 'vitest';
import {
  SqliteActivityRepository,
  SqliteDatabase,
  SqliteDeadLetterQueue,
  SqliteDeadLetterRepository,
  SqliteErasureLedger,
} from '../src/index.ts';
import { scratchFolder } from './sqlite-subjects.ts';

const log = LogId.parse('log-1');
const [early, late] = [Timestamp.fromMillis(1_000_000), Timestamp.fromMillis(3_000_000)];
const requestedAt = Timestamp.fromMillis(2_000_000);

const openErasure = (
  id: string,
  name: string,
  change: { readonly mode?: ErasureMode; readonly project?: ProjectId } = {},
): OpenErasure => ({
  ...sampleErasure({ id: ErasureId.parse(id), userId: UserId.parse(name), requestedAt, ...change }).erasure,
  user: UserDigest.trusted(hash('sha256', name, 'base64url')),
  place: { log, partition: 0, offset: 10_000 },
  topic: 'user-activity',
});

async function open(folder: string): Promise<SqliteDatabase> {
  const database = await SqliteDatabase.open({ folder });
  onTestFinished(() => database.close());
  return database;
}

/** Closes the database and backs up its file. Returns a function that restores this backup. */
async function backUp(folder: string, database: SqliteDatabase): Promise<() => void> {
  await database.close();
  const file = join(folder, 'user-activity.db');
  copyFileSync(file, join(folder, 'copy.db'));
  return () => {
    for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    copyFileSync(join(folder, 'copy.db'), file);
  };
}

/** Carries out the open erasures of a ledger, as a sweep does. */
async function sweep(ledger: SqliteErasureLedger): Promise<void> {
  for (const erasure of await ledger.findOpen(100)) {
    const replacement = erasure.mode === 'anonymise' ? UserId.parse('nobody') : undefined;
    await ledger.removeActivities({ erasure, replacement, after: undefined, limit: 1000 });
    await ledger.removeLetters(erasure, 1000);
    await ledger.finish(erasure.id);
  }
}

const usersOf = async (database: SqliteDatabase): Promise<readonly string[]> => {
  const repository = new SqliteActivityRepository(database);
  const keys = await repository.countByKey(filterOf(), 'userId', 100);
  return keys === 'too-many' ? [] : keys.map(({ key, count }) => `${key}: ${count}`).toSorted();
};

const activityOf = (userId: string, id: string, receivedAt = early) =>
  sampleActivity({ id: `${id}-of-${hash('sha256', userId, 'hex')}`, userId, receivedAt });

test('users who were erased after a backup are erased again when the data file is restored from it', async () => {
  const { folder } = await scratchFolder();
  let database = await open(folder);
  const activities = ['ann', 'bob', 'cid', 'Zoë 😀'].flatMap((userId) => [
    activityOf(userId, 'a'),
    activityOf(userId, 'b'),
  ]);
  const origins = activities.map((_, offset) => ({ log, partition: 0, offset }));
  await new SqliteActivityRepository(database).save(activities, origins);
  const key = new TextEncoder().encode('only-a-letter');
  const letters = [
    letterOf(1, { key, diedAt: early }),
    letterOf(2, { key, diedAt: early, project: ProjectId.system }),
    letterOf(3, { key, diedAt: late }),
  ];
  await new SqliteDeadLetterQueue(database).add(letters);
  await new SqliteErasureLedger(database).record(openErasure('before', 'bob'));
  await sweep(new SqliteErasureLedger(database));
  const restore = await backUp(folder, database);

  database = await open(folder);
  const erasures = [
    openErasure('of-ann', 'ann'),
    openErasure('of-zoe', 'Zoë 😀', { mode: 'anonymise' }),
    openErasure('of-a-letter', 'only-a-letter'),
    openErasure('of-unknown', 'unknown'),
    openErasure('elsewhere', 'cid', { project: ProjectId.parse('shop') }),
  ];
  for (const erasure of erasures) await new SqliteErasureLedger(database).record(erasure);
  await sweep(new SqliteErasureLedger(database));
  expect(await usersOf(database)).toEqual(['cid: 2', 'nobody: 2']);
  await database.close();
  restore();

  database = await open(folder);
  const ledger = new SqliteErasureLedger(database);
  expect(await usersOf(database)).toEqual(['Zoë 😀: 2', 'ann: 2', 'cid: 2']);
  const restored = await ledger.findByUsers(erasures.map(({ user }) => user));
  expect(restored.map(({ id, mode, isOpen }) => `${id}: ${mode}, ${isOpen ? 'open' : 'done'}`)).toEqual([
    'of-ann: erase, open',
    'of-zoe: anonymise, open',
    'of-a-letter: erase, open',
    'of-unknown: erase, done',
    'elsewhere: erase, done',
  ]);
  // The restored log assigns the same offsets again, so the time of receipt decides.
  for (const erasure of restored)
    for (const [receivedAt, isOlder] of [
      [early, true],
      [late, false],
    ] as const)
      expect(isCovered({ origin: { log, partition: 0, offset: 5 }, receivedAt }, erasure)).toBe(isOlder);
  const again = [activityOf('ann', 'later', late), activityOf('Zoë 😀', 'later', late)];
  await new SqliteActivityRepository(database).save(
    again,
    again.map((_, offset) => ({ log, partition: 0, offset: offset + 20 })),
  );
  await sweep(ledger);
  expect(await usersOf(database)).toEqual(['Zoë 😀: 1', 'ann: 1', 'cid: 2', 'nobody: 2']);
  const left = new SqliteDeadLetterRepository(database);
  const project = ProjectId.default;
  const found = await left.find(DeadLetterQuery.of({ filter: DeadLetterFilter.of({ project }) }));
  expect(found.letters.map(({ origin }) => origin.offset)).toEqual([3]);
  await database.close();

  // An erasure that was restored once is not carried out again.
  database = await open(folder);
  expect(await new SqliteErasureLedger(database).findOpen(100)).toEqual([]);
  expect(await usersOf(database)).toEqual(['Zoë 😀: 1', 'ann: 1', 'cid: 2', 'nobody: 2']);
});

test('the journal of erasures is private, and has the digests of user ids but not the ids', async () => {
  const { folder } = await scratchFolder();
  const database = await open(folder);
  const erasure = openErasure('of-ann', 'ann@example.com');
  await new SqliteErasureLedger(database).record(erasure);
  const file = join(folder, 'erasures.db');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const bytes = readFileSync(file);
  expect([erasure.user, 'ann@example.com'].map((text) => bytes.includes(text))).toEqual([true, false]);
});

test('an erasure is not recorded while the journal can not be written, and it is recorded afterwards', async () => {
  const { folder } = await scratchFolder();
  const database = await SqliteDatabase.open({ folder, busyTimeoutMs: 10 });
  onTestFinished(() => database.close());
  const ledger = new SqliteErasureLedger(database);
  const other = new DatabaseSync(join(folder, 'erasures.db'));
  other.exec('BEGIN EXCLUSIVE');
  const erasure = openErasure('of-ann', 'ann');
  await expect(ledger.record(erasure)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await ledger.isEmpty()).toBe(true);
  other.exec('ROLLBACK');
  other.close();
  await ledger.record(erasure);
  expect(await ledger.findOpen(10)).toEqual([erasure]);
});

test('a damaged journal of erasures is refused, and the message names the file', async () => {
  const { folder } = await scratchFolder();
  await (await SqliteDatabase.open({ folder })).close();
  writeFileSync(join(folder, 'erasures.db'), 'no database, but longer than the header of one: '.repeat(20));
  await expect(SqliteDatabase.open({ folder })).rejects.toThrow(
    /erasures\.db can't be used .*If the file is damaged, move it away/,
  );
});
