import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { DataFileError } from '../protocol/data-file-error.ts';
import { faultOf, type ThreadSetup } from '../protocol/messages.ts';
import { applicationId, schema, schemaVersion, upgrades } from './schema.ts';

// SQLite checks about 1 GB/s, so this much does not delay a start noticeably.
const checkedWholeBytes = 128 * 1024 * 1024;

// Result codes of SQLite, https://www.sqlite.org/rescode.html
const busyCode = 5;
const damageCodes = new Set([11, 26]);

/** Opens the file for writing, and makes the tables of a new file. Throws DataFileError if the file can't be used as it is. */
export function openDataFile({ file, busyTimeoutMs }: ThreadSetup): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: busyTimeoutMs });
    identify(db, file);
    db.exec('PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF');
    db.exec(
      'PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536',
    );
    inspect(db, file);
    upgrade(db);
    return db;
  } catch (error) {
    db?.close();
    throw error instanceof DataFileError ? error : unusable(file, error);
  }
}

const pragma = (db: DatabaseSync, name: string): unknown =>
  Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];

/** Makes sure that the file is ours before it is changed. */
function identify(db: DatabaseSync, file: string): void {
  const isNew = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  const [owner, version] = [pragma(db, 'application_id'), pragma(db, 'user_version')];
  if (!isNew && owner !== applicationId)
    throw new DataFileError(
      `${file} is the database of another application. Set DATA_DIR to another folder.`,
    );
  if (!isNew && version !== schemaVersion && !upgrades.has(Number(version))) {
    throw new DataFileError(
      `${file} has schema version ${String(version)}, this program knows ${schemaVersion}. ` +
        'Start the program version that wrote it, or set DATA_DIR to another folder.',
    );
  }
  if (pragma(db, 'journal_mode = WAL') !== 'wal')
    throw new DataFileError(
      `${file} can't have a write-ahead log. Set DATA_DIR to a folder on a local disk.`,
    );
  if (isNew) db.exec(`PRAGMA synchronous = FULL; BEGIN EXCLUSIVE; ${schema} COMMIT`);
}

/** Migrates an older file to this version, as a whole or not at all. */
function upgrade(db: DatabaseSync): void {
  for (;;) {
    const version = Number(pragma(db, 'user_version'));
    const step = upgrades.get(version);
    if (step === undefined) return;
    db.exec(`BEGIN EXCLUSIVE; ${step} PRAGMA user_version = ${version + 1}; COMMIT`);
  }
}

/** Looks for damage: in the whole of a small file, and in the length and the first rows of a large one. */
function inspect(db: DatabaseSync, file: string): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const bytes = Number(pragma(db, 'page_count')) * Number(pragma(db, 'page_size'));
  if (statSync(file).size < bytes) throw damaged(file, 'its end is missing');
  const found = bytes <= checkedWholeBytes ? pragma(db, 'quick_check(1)') : 'ok';
  if (found !== 'ok') throw damaged(file, 'its pages contradict each other');
  for (const table of ['log', 'groups', 'heartbeat', 'activities', 'dead_letters'])
    db.prepare(`SELECT * FROM ${table} LIMIT 1`).all();
  // Fails now, rather than at the first publish, if the file can't be written to.
  db.exec('BEGIN IMMEDIATE; UPDATE heartbeat SET beats = beats + 1; COMMIT');
}

const damaged = (file: string, reason: string): DataFileError =>
  new DataFileError(
    `${file} is damaged or no data file of this program (${reason}). Move it away together with its -wal and -shm ` +
      'files, put a backup in its place if there is one, and start again.',
  );

function unusable(file: string, error: unknown): DataFileError {
  const { code, text } = faultOf(error);
  // Not a failure of SQLite, but a bug, or a file that was removed meanwhile.
  if (code === undefined) throw error;
  const primary = code & 0xff;
  if (damageCodes.has(primary)) return damaged(file, `SQLite ${code}: ${text}`);
  if (primary === busyCode)
    return new DataFileError(`${file} is locked by another process. Stop that one first.`);
  return new DataFileError(
    `${file} can't be opened for writing (SQLite ${code}: ${text}). Check the folder's permissions and free space, or set DATA_DIR.`,
  );
}
