import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type AccessKey,
  ActivityId,
  type ActivityKey,
  activityLogged,
  AuditEvent,
  DeadLetterFilter,
  DeadLetterQuery,
  KeyId,
  KeyName,
  KeyProject,
  LogId,
  type LogRecord,
  ProjectId,
  Timestamp,
} from '@user-activity/domain';
import { filterOf, letterOf, sampleActivity } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import {
  SqliteActivityRepository,
  SqliteDatabase,
  SqliteDeadLetterQueue,
  SqliteDeadLetterRepository,
  SqliteEventConsumer,
  SqliteEventPublisher,
  SqliteKeyRepository,
  SqliteOutbox,
  SqliteProjectRepository,
  SqliteSettledOffsets,
} from '../src/index.ts';
import { scratchFolder } from './sqlite-subjects.ts';

const keyOf = (id: string): ActivityKey => ({ project: ProjectId.default, id: ActivityId.parse(id) });

/** Makes the data file of an older version from a fixture, with the rows that the SQL adds. Returns its path. */
function makeFile(folder: string, fixture: string, additions = ''): string {
  const file = join(folder, 'user-activity.db');
  const old = new DatabaseSync(file);
  old.exec(readFileSync(join(import.meta.dirname, 'fixtures', `${fixture}.sql`), 'utf8'));
  old.exec(additions);
  old.close();
  return file;
}

/** Runs a query on a file with a connection of its own. */
function query(file: string, sql: string): readonly unknown[] {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = db.prepare(sql).all();
  db.close();
  return rows;
}

/** Reads `count` records of a group. */
async function recordsOf(
  database: SqliteDatabase,
  group: string,
  count: number,
): Promise<readonly LogRecord[]> {
  const consumer = new SqliteEventConsumer(database, group);
  const received = Promise.withResolvers<readonly LogRecord[]>();
  const all: LogRecord[] = [];
  await consumer.start(async (records) => {
    all.push(...records);
    if (all.length >= count) received.resolve(all);
  });
  await received.promise;
  await consumer.stop();
  return all;
}

test.each([1, 2, 3, 4, 5, 7, 10])(
  'a file of version %i is migrated once, with all its content',
  async (version) => {
    const place = await scratchFolder();
    const file = makeFile(place.folder, `version-${version}`);
    for (const letters of [1, 2]) {
      const database = await SqliteDatabase.open(place);
      const repository = new SqliteDeadLetterRepository(database);
      const page = await repository.find(
        DeadLetterQuery.of({ filter: DeadLetterFilter.of({ project: ProjectId.default }) }),
      );
      const ofLog = page.letters.filter(({ origin }) => origin.topic !== 'http');
      expect(ofLog).toHaveLength(letters);
      expect(ofLog.at(-1)).toMatchObject({ id: 'user-activity:0:3', code: 'unreadable' });
      const known = await new SqliteActivityRepository(database).findById(keyOf('a'));
      expect(known?.toActivity()).toMatchObject({
        project: 'default',
        id: 'a',
        userId: 'user-1',
        metadata: { ip: '127.0.0.1' },
      });
      const consumer = new SqliteEventConsumer(database, `group-${letters}`);
      const received = Promise.withResolvers<readonly LogRecord[]>();
      await consumer.start(async (records) => received.resolve(records));
      const [first, second] = await received.promise;
      expect(first?.content).toMatchObject({ activity: { id: 'a' } });
      expect(first?.raw().headers).toEqual({});
      expect(second?.origin.offset).toBe(3);
      const key = keyOf('dead');
      const letter = letterOf(9, { activityId: key.id });
      await new SqliteDeadLetterQueue(database).add([letter]);
      expect(await repository.findLatestLetters([key])).toEqual([{ ...key, diedAt: letter.diedAt }]);
      const sweep = { edgeBefore: undefined, logBefore: undefined, maxEdgeBytes: 0, limit: 10 };
      expect((await repository.sweep(sweep)).evicted).toBe(version >= 3 && letters === 1 ? 1 : 0);
      await database.close();
    }
    const now = new DatabaseSync(file);
    expect(now.prepare('PRAGMA user_version').get()).toEqual({ user_version: 11 });
    now.close();
  },
);

test('a file of version 7 keeps its origins, settled offsets and projects, and can store keys and audit events', async () => {
  const { folder } = await scratchFolder();
  makeFile(folder, 'version-7');
  const now = Timestamp.trusted(1767323045678);
  const [shop, blog, old] = [ProjectId.parse('shop'), ProjectId.parse('blog'), ProjectId.parse('old')];
  const key: AccessKey = {
    id: KeyId.parse('00000000000000aa'),
    name: KeyName.parse('key of the shop'),
    project: KeyProject.parse('shop'),
    scopes: ['write'],
    origins: [],
    limits: {},
    secrets: [{ digest: 'a'.repeat(64) }],
    createdAt: now,
    revision: 0,
  };
  const event = AuditEvent.activity(
    { type: 'KEY_CREATED', actor: 'root', details: {} },
    { id: ActivityId.parse('event-1'), now },
  );
  for (const outcome of ['added', 'exists']) {
    const database = await SqliteDatabase.open({ folder });
    const activity = await new SqliteActivityRepository(database).findById(keyOf('a'));
    const log = LogId.parse('log-1');
    expect(activity?.origin).toEqual({ log, partition: 0, offset: 2 });
    expect(await new SqliteSettledOffsets(database).find(log)).toEqual([4]);
    const projects = new SqliteProjectRepository(database);
    expect(await projects.findSettings()).toEqual([{ project: shop, retentionDays: 30, limits: {} }]);
    expect(await projects.findErasing(10)).toEqual([{ project: blog, erasedAt: now }]);
    const erasures = await projects.findErasures([blog, old]);
    expect(erasures.map(({ project }) => project)).toEqual([blog, old]);
    const keys = new SqliteKeyRepository(database);
    expect(await keys.findAll()).toEqual(outcome === 'added' ? [] : [key]);
    expect(await keys.add(key, now)).toBe(outcome);
    const outbox = new SqliteOutbox(database);
    expect(await outbox.findReady(now, 10)).toEqual(outcome === 'added' ? [] : [event]);
    if (outcome === 'added') await outbox.add(event, now, 1);
    await database.close();
  }
});

test('a file that commit 9c81301 wrote is read without loss', async () => {
  const { folder } = await scratchFolder();
  const file = makeFile(folder, 'commit-9c81301');
  const text = 'Grüße 🙂 "quoted" \n line';
  const activities = [
    { id: 'a', userId: 'user-1', type: 'LOGIN', createdAt: 1767323045678, metadata: { ip: '127.0.0.1' } },
    { id: 'b:2', userId: 'user-2', type: 'PAGE_VIEW', createdAt: 1767323045678, metadata: {} },
    {
      id: 'B/~!',
      userId: "O'Brien ü",
      type: 'ORDER',
      createdAt: -1,
      metadata: { text, deep: { $a: [1, null, true, 1.5e300] } },
    },
  ].map((fields) => sampleActivity({ ...fields, receivedAt: 1767323045678 }));
  for (const starts of [1, 2]) {
    const database = await SqliteDatabase.open({ folder });
    const repository = new SqliteActivityRepository(database);
    const found = await repository.findByIds(activities);
    expect(found.map((activity) => activity.toActivity())).toEqual(activities);
    expect(await repository.count(filterOf())).toBe(3);
    expect(await repository.count(filterOf({ userIds: ["O'Brien ü"], types: ['ORDER'] }))).toBe(1);
    expect(await repository.save(activities)).toEqual(['redelivered', 'redelivered', 'redelivered']);

    const letters = new SqliteDeadLetterRepository(database);
    const filter = DeadLetterFilter.of({ project: ProjectId.default });
    const page = await letters.find(DeadLetterQuery.of({ filter, order: 'asc' }));
    expect(page.letters).toMatchObject([
      { project: 'default', id: 'user-activity:0:4', code: 'unreadable', reason: 'it is not JSON' },
      { project: 'default', id: 'user-activity:0:9', code: 'conflict', activityId: 'a' },
      { project: 'default', id: 'http:7:8', code: 'invalid', activityId: 'called' },
    ]);
    expect(page.letters[1]?.headers).toEqual({ trace: [Uint8Array.of(0, 255)] });
    expect(page.letters[1]?.value).toEqual(Uint8Array.of(255, 0));
    expect(await letters.findLatestLetters([keyOf('a'), keyOf('called'), keyOf('b:2')])).toEqual([
      { ...keyOf('a'), diedAt: 1767323045679 },
      { ...keyOf('called'), diedAt: 1767323045680 },
    ]);

    const records = await recordsOf(database, `group-${starts}`, 4 + starts);
    expect(records.slice(0, 3).map(({ content }) => content)).toEqual(activities.map(activityLogged));
    expect(records.slice(3, 5).map(({ content }) => content)).toEqual([
      { name: 'Unreadable', project: 'default', reason: 'the value is not JSON' },
      { name: 'Unreadable', project: 'default', reason: 'the record has no value' },
    ]);
    expect(records[3]?.replayOf).toEqual({ topic: 'user-activity', partition: 0, offset: 1 });
    // The group that had read everything gets only the new records.
    const event = activityLogged(sampleActivity());
    await new SqliteEventPublisher(database).publish([event]);
    const [next] = await recordsOf(database, 'user-activity-store', 1);
    expect(next).toMatchObject({ origin: { offset: 5 + starts }, content: event });
    await database.close();
  }
  expect(query(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});

/**
 * Opens a file as the writing thread does, in a process of its own. SQLite calls the authorizer before each statement of the migration
 * and several times within. The process kills itself at call number `killAt`. Prints the number of calls. The cache is small, so
 * that SQLite writes pages to the disk long before the commit.
 */
const killedProgram = `
  import { DatabaseSync } from 'node:sqlite';
  import { openDataFile } from ${JSON.stringify(fileURLToPath(new URL('../src/writer/data-file.ts', import.meta.url)))};
  const [file, killAt] = process.argv.slice(1);
  const { exec } = DatabaseSync.prototype;
  let questions = 0;
  DatabaseSync.prototype.exec = function (sql) {
    if (sql.startsWith('BEGIN EXCLUSIVE')) {
      exec.call(this, 'PRAGMA cache_size = 10');
      this.setAuthorizer(() => {
        questions += 1;
        if (questions === Number(killAt)) process.kill(process.pid, 'SIGKILL');
        return 0;
      });
    }
    return exec.call(this, sql);
  };
  openDataFile({ file, busyTimeoutMs: 1000, retainedRecords: 0 }).close();
  console.log(questions);
`;

async function openInProcess(file: string, killAt: number): Promise<string> {
  const flags = ['--conditions=@user-activity/source', '--input-type=module', '-e', killedProgram];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, file, String(killAt)]);
  return stdout;
}

test('a migration that is killed ten times leaves a file that the next start migrates, with all its content', async () => {
  const { folder } = await scratchFolder();
  const file = makeFile(
    folder,
    'version-1',
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000)
      INSERT INTO activities SELECT 'id-' || n, 'user-' || n % 50, 'T', '{"n":' || n || '}', n, n FROM numbers;
    INSERT INTO dead_letters SELECT 'user-activity', 1, created_at, NULL, NULL, '{}', 'refused', id, created_at
      FROM activities WHERE id GLOB 'id-*'`,
  );
  const contentSql = `SELECT id, user_id, type, metadata, created_at, received_at FROM activities
    UNION ALL SELECT topic, partition, code, reason, offset, died_at FROM dead_letters
    UNION ALL SELECT offset, key, value, '', 0, 0 FROM log UNION ALL SELECT name, '', '', '', 0, next_offset FROM groups`;
  const before = query(file, contentSql);
  copyFileSync(file, `${file}.copy`);
  const questions = Number(await openInProcess(`${file}.copy`, 0));
  expect(questions).toBeGreaterThan(100);

  const logBytes: number[] = [];
  for (let kill = 1; kill <= 10; kill += 1) {
    await expect(openInProcess(file, Math.floor((questions * kill) / 10))).rejects.toMatchObject({
      signal: 'SIGKILL',
    });
    logBytes.push(statSync(`${file}-wal`).size);
    expect(query(file, 'PRAGMA user_version')).toEqual([{ user_version: 1 }]);
  }
  // Most of the new indexes was on the disk when the last process died.
  expect(logBytes.at(-1)).toBeGreaterThan(1e6);

  const database = await SqliteDatabase.open({ folder });
  expect(await new SqliteActivityRepository(database).count(filterOf())).toBe(5001);
  await database.close();
  expect(query(file, contentSql)).toEqual(before);
  expect(query(file, 'PRAGMA user_version')).toEqual([{ user_version: 11 }]);
  expect(query(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  for (const table of ['activities', 'dead_letters'])
    expect(query(file, `SELECT DISTINCT project FROM ${table}`)).toEqual([{ project: 'default' }]);
});
