import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import {
  ActivityId,
  activityLogged,
  ActivityType,
  LogMismatch,
  Metadata,
  ProjectId,
  Timestamp,
  UserActivity,
  UserId,
} from '@user-activity/domain';
import {
  Closers,
  EngineWait,
  makeLogger,
  processVariables,
  readVariables,
  startStoring,
  SystemClock,
  tokens,
  UuidIds,
  Wiring,
} from '@user-activity/runner';
import { makeSqliteFile, runSql } from '@user-activity/test-kit';
import { container } from 'tsyringe';
import { expect, onTestFinished, test, vi } from 'vitest';
import { EngineChoice, everyEngine, openEngines, provideConsumer, provideStore } from '../src/index.ts';

const logger = makeLogger('silent' as 'fatal');
const observer = { buffered: () => undefined, flushed: () => undefined };
const patience = { timeout: 60_000 };

function newFolder(): { readonly folder: string; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'user-activity-settled-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { folder, file: join(folder, 'user-activity.db') };
}

const ids = new UuidIds();

const sampleActivities = (count: number): readonly UserActivity[] =>
  Array.from({ length: count }, () =>
    UserActivity.rehydrate({
      project: ProjectId.default,
      id: ActivityId.parse(ids.next()),
      userId: UserId.parse('user-1'),
      type: ActivityType.parse('LOGIN'),
      metadata: Metadata.trusted({}),
      createdAt: Timestamp.fromMillis(0),
      receivedAt: Timestamp.fromMillis(0),
    }),
  );

/** Starts to store activities in a folder, as the service does. */
async function start(folder: string) {
  const closers = new Closers();
  onTestFinished(() => closers.close());
  const choice = new EngineChoice(everyEngine);
  const schema = Type.Object({ ...processVariables(0), ...choice.variables });
  const values = readVariables(schema, { DATA_DIR: folder }, (given) => choice.faults(given));
  const settings = choice.settings(values);
  const wait = new EngineWait(settings, logger, new AbortController().signal);
  const engines = await openEngines(settings, wait, { closers, logger, queryTimeoutMs: 10_000 });
  const wiring = closers.add(new Wiring(container.createChildContainer()), (wired) => wired.close());
  wiring.provide(tokens.logger, () => logger);
  wiring.provide(tokens.clock, () => new SystemClock());
  provideStore(wiring, engines);
  provideConsumer(wiring, engines, { ACCEPT_GAP: false, ANONYMISATION_KEY: undefined });
  await wiring.get(tokens.storingUseCases).beginStoring();
  await startStoring(wiring.get);
  const { log, store, registeredTopic } = engines;
  const logId = registeredTopic.log;
  const options = { publishTimeoutMs: 10_000, maxBufferedEvents: 1000, maxBufferedBytes: 1e6, observer };
  return {
    store,
    logId,
    stop: () => closers.close(),
    /** Publishes activities, and waits until they are stored and the settled offset is raised. */
    async storeUpTo(offset: number, activities: readonly UserActivity[]): Promise<void> {
      const publisher = log.makePublisher(options);
      await publisher.publish(activities.map(activityLogged));
      await publisher.close();
      await vi.waitFor(
        async () => expect(await store.settledOffsets.find(logId)).toEqual([offset]),
        patience,
      );
    },
  };
}

test('if a file is replaced by an earlier copy, storing goes on where the copy ends', async () => {
  const { folder, file } = newFolder();
  const activities = sampleActivities(8);
  const first = await start(folder);
  await first.storeUpTo(4, activities.slice(0, 3));
  const stored = await first.store.repository.findByIds(activities);
  const [log, partition] = [first.logId, 0];
  expect(stored.map(({ origin }) => origin).toSorted((a, b) => (a?.offset ?? 0) - (b?.offset ?? 0))).toEqual(
    [1, 2, 3].map((offset) => ({ log, partition, offset })),
  );
  await first.stop();
  copyFileSync(file, `${file}.copy`);
  const lost = await start(folder);
  expect(lost.logId).toBe(first.logId);
  await lost.storeUpTo(6, activities.slice(3, 5));
  await lost.stop();
  copyFileSync(`${file}.copy`, file);

  const later = await start(folder);
  expect(later.logId).toBe(first.logId);
  await later.storeUpTo(7, activities.slice(5));
  const found = await later.store.repository.findByIds(activities);
  // The copy does not have the two activities that were stored after it was made.
  expect(new Set(found.map(({ id }) => id))).toEqual(new Set(activities.toSpliced(3, 2).map(({ id }) => id)));
});

test('a new file has another log id', async () => {
  const logs = new Set<string>();
  for (let round = 0; round < 2; round += 1) {
    const { logId, stop } = await start(newFolder().folder);
    logs.add(logId);
    await stop();
  }
  expect(logs.size).toBe(2);
});

const fixtures = join(import.meta.dirname, '..', '..', 'adapter-sqlite', 'test', 'fixtures');

test.each([
  ['version-5', 4, 4],
  ['commit-9c81301', 6, 6],
  ['commit-9c81301', 5, 6],
])(
  'a file of an older version, %s, is read from offset %i on, and no record twice',
  async (name, next, end) => {
    const { folder, file } = newFolder();
    makeSqliteFile(file, readFileSync(join(fixtures, `${name}.sql`), 'utf8'));
    runSql(file, `UPDATE groups SET next_offset = ${next} WHERE name = 'user-activity-store'`);
    const lettersSql = `SELECT offset, died_at FROM dead_letters WHERE topic = 'user-activity' ORDER BY offset`;
    const before = runSql(file, lettersSql);
    const countSql = 'SELECT count(*) AS count FROM activities';
    const activities = name === 'version-5' ? 2 : 3;

    const started = await start(folder);
    await started.storeUpTo(end + 1, sampleActivities(1));
    await started.stop();
    // A record that can't be read gives a dead letter whenever it is handled: only the record at offset 5 may have a new one.
    const after = runSql(file, lettersSql);
    expect(after).toEqual(expect.arrayContaining([...before]));
    expect(after).toHaveLength(before.length + end - next);
    expect(runSql(file, countSql)).toEqual([{ count: activities + 1 }]);
  },
);

test('a log that ends below the settled offset of the store is refused, and the message names both offsets', async () => {
  const { folder, file } = newFolder();
  const first = await start(folder);
  await first.storeUpTo(6, sampleActivities(5));
  await first.stop();
  runSql(file, 'DELETE FROM log WHERE offset > 3');
  runSql(file, "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'log'");
  const refusal = await start(folder).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(LogMismatch);
  expect(String(refusal)).toContain('ends at offset 4, but the store has settled it up to offset 6');
});

test('a log that lost records before they were settled is refused, and the message says how many', async () => {
  const { folder, file } = newFolder();
  const first = await start(folder);
  await first.storeUpTo(6, sampleActivities(5));
  await first.stop();
  runSql(file, 'UPDATE settled_offsets SET offset = 2');
  runSql(file, 'DELETE FROM log WHERE offset < 5');
  const refusal = await start(folder).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(LogMismatch);
  expect(String(refusal)).toContain('3 offsets are missing: 2 to 4 of partition 0');
});
