// Writes activities to a log and a store in one SQLite file. Its tables, indexes and settings are the same as in the data file of the embedded
// service. All activities that arrive in the same turn of the event loop are written in one transaction.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { serveLean } from './lean-server.ts';
import type { PlainRecord } from './plain-record.ts';

const { DATA_DIR: folder = '' } = process.env;
mkdirSync(folder, { recursive: true });
const db = new DatabaseSync(join(folder, 'raw.db'));
db.exec(`
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536;
  CREATE TABLE log (
    offset INTEGER PRIMARY KEY AUTOINCREMENT,
    key ANY,
    value ANY,
    headers TEXT
  ) STRICT;
  CREATE TABLE activities (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL,
    type TEXT NOT NULL,
    metadata TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    project TEXT NOT NULL,
    log_key INTEGER,
    partition INTEGER,
    offset INTEGER
  ) STRICT;
  CREATE INDEX activities_by_time ON activities (project, created_at, id);
  CREATE INDEX activities_by_user ON activities (project, user_id, created_at, id);
  CREATE INDEX activities_by_type ON activities (project, type, created_at, id);
  CREATE INDEX activities_by_user_and_type ON activities (project, user_id, type, created_at, id);
  CREATE INDEX activities_by_origin ON activities (project, log_key, partition, offset) WHERE log_key IS NOT NULL;
`);
const begin = db.prepare('BEGIN IMMEDIATE');
const commit = db.prepare('COMMIT');
const addToLog = db.prepare('INSERT INTO log (key, value, headers) VALUES (?, ?, ?)');
const addToStore = db.prepare(
  "INSERT INTO activities VALUES (?, ?, ?, ?, ?, ?, 'default', 1, 0, ?) ON CONFLICT DO NOTHING",
);

let collected: PlainRecord[] = [];
let written: Promise<void> | undefined;

function write(records: readonly PlainRecord[]): void {
  begin.run();
  for (const { id, key, value, headers, timestamp, type, metadata } of records) {
    const { lastInsertRowid } = addToLog.run(key, value, JSON.stringify(headers));
    addToStore.run(id, key, type, metadata, timestamp, timestamp, lastInsertRowid);
  }
  commit.run();
}

serveLean((records) => {
  for (const record of records) collected.push(record);
  written ??= new Promise((resolve, reject) => {
    setImmediate(() => {
      const taken = collected;
      collected = [];
      written = undefined;
      try {
        write(taken);
        resolve();
      } catch (error) {
        reject(error instanceof Error ? error : new Error('SQLite failed', { cause: error }));
      }
    });
  });
  return written;
});
