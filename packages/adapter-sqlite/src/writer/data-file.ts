import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { DataFileError } from '../protocol/data-file-error.ts';
import { faultFromError, type ThreadSetup } from '../protocol/messages.ts';
import { applicationId, migrations, schema, schemaVersion } from './schema.ts';

// SQLite checks about 1 GB per second, so the check of a file of this size hardly delays a start.
const maxFullyCheckedBytes = 128 * 1024 * 1024;

// The result codes SQLITE_BUSY (5), SQLITE_CORRUPT (11) and SQLITE_NOTADB (26): https://www.sqlite.org/rescode.html
const busyCode = 5;
const damageCodes = new Set([11, 26]);

/** Opens the file for writing. Creates the tables of a new file, and migrates an older file. Throws DataFileError if it can't be used. */
export function openDataFile({ file, busyTimeoutMs }: ThreadSetup): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: busyTimeoutMs });
    identify(db, file);
    db.exec('PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF');
    db.exec(
      'PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536',
    );
    // With FAST, removed rows would stay in free pages, where erased users could still be read. ON writes at most 4 % more bytes.
    db.exec('PRAGMA secure_delete = ON');
    inspect(db, file);
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    throw error instanceof DataFileError ? error : unusable(file, error);
  }
}

const pragma = (db: DatabaseSync, name: string): unknown =>
  Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];

/** Checks that the file belongs to this program before it changes anything. Creates the tables of a new file. */
function identify(db: DatabaseSync, file: string): void {
  const isNew = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  const version = Number(pragma(db, 'user_version'));
  if (!isNew && pragma(db, 'application_id') !== applicationId)
    throw new DataFileError(
      `${file} is the database of another application. Set DATA_DIR to another folder.`,
    );
  if (!isNew && (version < 1 || version > schemaVersion))
    throw new DataFileError(
      `${file} has schema version ${version}, but this program supports versions up to ${schemaVersion}. ` +
        'Start the program version that wrote the file, or set DATA_DIR to another folder.',
    );
  if (pragma(db, 'journal_mode = WAL') !== 'wal')
    throw new DataFileError(
      `SQLite can't use a write-ahead log for ${file}. Set DATA_DIR to a folder on a local disk.`,
    );
  if (isNew) db.exec(`PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; ${schema} COMMIT`);
}

/** Migrates an older file in one transaction. If the process is killed meanwhile, the file keeps its version and its content. */
function migrate(db: DatabaseSync): void {
  const version = Number(pragma(db, 'user_version'));
  if (version === schemaVersion) return;
  const steps = migrations.slice(version - 1).join('\n');
  db.exec(`BEGIN EXCLUSIVE; ${steps} PRAGMA user_version = ${schemaVersion}; COMMIT`);
}

/** Looks for damage. Checks a small file completely, and only the size and the first rows of a large file. */
function inspect(db: DatabaseSync, file: string): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const bytes = Number(pragma(db, 'page_count')) * Number(pragma(db, 'page_size'));
  if (statSync(file).size < bytes) throw damaged(file, 'its end is missing');
  if (bytes <= maxFullyCheckedBytes && pragma(db, 'quick_check(1)') !== 'ok')
    throw damaged(file, 'its pages are inconsistent');
  for (const table of ['log', 'groups', 'heartbeat', 'activities', 'dead_letters'])
    db.prepare(`SELECT * FROM ${table} LIMIT 1`).all();
  // If the file can't be written to, this fails now and not only at the first publish.
  db.exec('BEGIN IMMEDIATE; UPDATE heartbeat SET beats = beats + 1; COMMIT');
}

const damaged = (file: string, reason: string): DataFileError =>
  new DataFileError(
    `${file} is damaged or not a data file of this program (${reason}). Move the file away together with its -wal and -shm ` +
      'files, restore a backup if there is one, and start again.',
  );

function unusable(file: string, error: unknown): DataFileError {
  const { code, text } = faultFromError(error);
  // The error does not come from SQLite. It is a bug, or the file was removed meanwhile.
  if (code === undefined) throw error;
  const primaryCode = code & 0xff;
  if (damageCodes.has(primaryCode)) return damaged(file, `SQLite ${code}: ${text}`);
  if (primaryCode === busyCode)
    return new DataFileError(`${file} is locked by another process. Stop that process first.`);
  return new DataFileError(
    `${file} can't be opened for writing (SQLite ${code}: ${text}). Check the folder's permissions and free space, or set DATA_DIR.`,
  );
}
