import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DeadLetter } from '@user-activity/domain';
import type {
  ActivityFeedSubject,
  DeadLetterSubject,
  ErasureLedgerSubject,
  KeyRepositorySubject,
  LetterRepositorySubject,
  LogSubject,
  OutboxSubject,
  ProjectRepositorySubject,
  RepositorySubject,
  SettledOffsetsSubject,
  TopicRegistrySubject,
} from '@user-activity/port-contracts';
import { onTestFinished } from 'vitest';
import {
  SqliteActivityFeed,
  SqliteActivityRepository,
  SqliteDatabase,
  type SqliteDatabaseOptions,
  SqliteDeadLetterQueue,
  SqliteDeadLetterRepository,
  SqliteErasureLedger,
  SqliteEventConsumer,
  SqliteEventPublisher,
  SqliteKeyRepository,
  SqliteSettledOffsets,
  SqliteTopicRegistry,
  SqliteOutbox,
  SqliteProjectRepository,
} from '../src/index.ts';
import { headersJson } from '../src/ports/header-json.ts';
import { letterFromRow } from '../src/ports/letter-row.ts';
import { letterColumns, type LetterRow } from '../src/protocol/rows.ts';

/** Makes a new folder. */
async function newFolder(): Promise<{ readonly folder: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'user-activity-sqlite-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Opens a database in a new folder. `close` closes it and removes the folder. */
export async function newDatabase(options: Partial<SqliteDatabaseOptions> = {}): Promise<{
  readonly folder: string;
  readonly database: SqliteDatabase;
  readonly close: () => Promise<void>;
}> {
  const { folder, remove } = await newFolder();
  const database = await SqliteDatabase.open({ folder, ...options });
  const close = async (): Promise<void> => {
    await database.close();
    await remove();
  };
  return { folder, database, close };
}

/** Makes a folder that is removed after the test. */
export async function scratchFolder(): Promise<{ readonly folder: string }> {
  const { folder, remove } = await newFolder();
  onTestFinished(remove);
  return { folder };
}

/** Opens a database that is closed and removed after the test. */
export async function scratch(
  options: Partial<SqliteDatabaseOptions> = {},
): Promise<{ readonly folder: string; readonly database: SqliteDatabase }> {
  const { folder, database, close } = await newDatabase(options);
  onTestFinished(close);
  return { folder, database };
}

/** Takes the write lock, as a backup or another tool may. */
export function holdWriteLock(file: string): () => void {
  const db = new DatabaseSync(file);
  db.exec('BEGIN IMMEDIATE');
  return () => db.close();
}

/** Renames tables, so that writes and queries fail. */
function hideTables(file: string, tables: readonly string[]): () => Promise<void> {
  const rename = (from: (table: string) => string, to: (table: string) => string): void => {
    const db = new DatabaseSync(file, { timeout: 5000 });
    for (const table of tables) db.exec(`ALTER TABLE ${from(table)} RENAME TO ${to(table)}`);
    db.close();
  };
  const plain = (table: string): string => table;
  const hidden = (table: string): string => `hidden_${table}`;
  rename(plain, hidden);
  return () => {
    rename(hidden, plain);
    return Promise.resolve();
  };
}

/** Returns a subject of an adapter that needs only the database. `tables` are the tables that it uses. */
async function subjectOf<Adapter>(open: (database: SqliteDatabase) => Adapter, tables: readonly string[]) {
  const { database, close } = await newDatabase();
  return {
    open: async () => open(database),
    interrupt: async () => hideTables(database.file, tables),
    close,
  };
}

export const sqliteRepository = (): Promise<RepositorySubject> =>
  subjectOf((database) => new SqliteActivityRepository(database), ['activities']);

export async function sqliteDeadLetters(): Promise<DeadLetterSubject> {
  const { database, close } = await newDatabase();
  return {
    open: async () => new SqliteDeadLetterQueue(database),
    letters: async () => lettersIn(database.file),
    interrupt: async () => hideTables(database.file, ['dead_letters']),
    close,
  };
}

export async function sqliteLetters(): Promise<LetterRepositorySubject> {
  const { database, close } = await newDatabase();
  return {
    open: async () => new SqliteDeadLetterRepository(database),
    queue: async () => new SqliteDeadLetterQueue(database),
    interrupt: async () => hideTables(database.file, ['dead_letters']),
    close,
  };
}

export async function sqliteSettledOffsets(): Promise<SettledOffsetsSubject> {
  const { database, close } = await newDatabase();
  return {
    open: async () => new SqliteSettledOffsets(database),
    repository: async () => new SqliteActivityRepository(database),
    interrupt: async () => hideTables(database.file, ['settled_offsets']),
    close,
  };
}

export async function sqliteFeed(): Promise<ActivityFeedSubject> {
  const { database, close } = await newDatabase();
  return {
    open: async () => new SqliteActivityFeed(database),
    repository: async () => new SqliteActivityRepository(database),
    settledOffsets: async () => new SqliteSettledOffsets(database),
    interrupt: async () => hideTables(database.file, ['activities', 'settled_offsets']),
    close,
  };
}

export async function sqliteErasures(): Promise<ErasureLedgerSubject> {
  const { database, close } = await newDatabase();
  return {
    open: async () => new SqliteErasureLedger(database),
    repository: async () => new SqliteActivityRepository(database),
    queue: async () => new SqliteDeadLetterQueue(database),
    letters: async () => new SqliteDeadLetterRepository(database),
    interrupt: async () => hideTables(database.file, ['activities', 'dead_letters', 'user_erasures']),
    close,
  };
}

export const sqliteTopics = (): Promise<TopicRegistrySubject> =>
  subjectOf((database) => new SqliteTopicRegistry(database), ['topics']);

export async function sqliteProjects(): Promise<ProjectRepositorySubject> {
  const { database, close } = await newDatabase();
  return {
    open: async () => new SqliteProjectRepository(database),
    activities: async () => new SqliteActivityRepository(database),
    queue: async () => new SqliteDeadLetterQueue(database),
    letters: async () => new SqliteDeadLetterRepository(database),
    interrupt: async () =>
      hideTables(database.file, ['activities', 'dead_letters', 'project_settings', 'erasures']),
    close,
  };
}

export const sqliteKeys = (): Promise<KeyRepositorySubject> =>
  subjectOf((database) => new SqliteKeyRepository(database), ['api_keys']);

export const sqliteOutbox = (): Promise<OutboxSubject> =>
  subjectOf((database) => new SqliteOutbox(database), ['outbox']);

function lettersIn(file: string): readonly DeadLetter[] {
  const db = new DatabaseSync(file, { readOnly: true });
  const statement = db.prepare(`SELECT ${letterColumns} FROM dead_letters`);
  statement.setReturnArrays(true);
  const rows = statement.all() as unknown as readonly LetterRow[];
  db.close();
  return rows.map(letterFromRow);
}

export async function sqliteLog(): Promise<LogSubject> {
  const { database, close } = await newDatabase();
  return {
    openPublisher: async (options) => new SqliteEventPublisher(database, options),
    openConsumer: async (group) => new SqliteEventConsumer(database, group),
    async append(record) {
      const { key, value, headers } = record;
      await database.writer.submit('append', [[key, value, headersJson(headers)]], { timeoutMs: 5000 });
      return record;
    },
    // Each offset in a file has a record, until the record is deleted.
    skipOffsets: undefined,
    marksCommits: false,
    interrupt: async () => hideTables(database.file, ['log']),
    close,
  };
}
