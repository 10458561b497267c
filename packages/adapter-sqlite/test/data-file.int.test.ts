import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sampleActivities } from '@user-activity/port-contracts';
import { expect, onTestFinished, test } from 'vitest';
import { DataFileError, SqliteActivityRepository, SqliteDatabase } from '../src/index.ts';
import { scratch, scratchFolder } from './sqlite-subjects.ts';

const opened = async (folder: string): Promise<unknown> => {
  const database = await SqliteDatabase.open({ folder }).catch((error: unknown) => error);
  if (database instanceof SqliteDatabase) await database.close();
  return database;
};

/** Makes a closed data file that is large enough to have pages to damage. */
async function filled(folder: string): Promise<string> {
  const database = await SqliteDatabase.open({ folder });
  await new SqliteActivityRepository(database).save(sampleActivities(2000));
  await database.close();
  return database.file;
}

test('a folder in use is refused, and can be opened after it is closed', async () => {
  const first = await scratch();
  const refusal = await opened(first.folder);
  expect(refusal).toBeInstanceOf(DataFileError);
  expect(String(refusal)).toContain(`${first.folder} is in use by another process`);
  await first.database.close();
  expect(await opened(first.folder)).toBeInstanceOf(SqliteDatabase);
});

test('the owner of a folder keeps working after another open is refused', async () => {
  const first = await scratch();
  await opened(first.folder);
  expect(await new SqliteActivityRepository(first.database).save(sampleActivities(1))).toEqual(['stored']);
});

test.each([
  [
    'a file that is no database',
    (file: string) => writeFileSync(file, 'This is a text, not a database. '.repeat(500)),
  ],
  ['a file without its end', (file: string) => truncateSync(file, 40_960)],
  [
    'a file with pages overwritten',
    (file: string) => {
      const descriptor = openSync(file, 'r+');
      for (let page = 3; page < 60; page += 1)
        writeSync(descriptor, Buffer.alloc(4096, 0x5a), 0, 4096, page * 4096);
    },
  ],
])('%s is refused with a message that names the file, and stays unchanged', async (_, damage) => {
  const place = await scratchFolder();
  const file = await filled(place.folder);
  damage(file);
  const before = readFileSync(file);
  const refusal = await opened(place.folder);
  expect(refusal).toBeInstanceOf(DataFileError);
  expect(String(refusal)).toContain(`${file} is damaged`);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("another application's database is refused and stays unchanged", async () => {
  const place = await scratchFolder();
  const file = join(place.folder, 'user-activity.db');
  const other = new DatabaseSync(file);
  other.exec('CREATE TABLE precious (thing TEXT)');
  other.close();
  const before = readFileSync(file);
  expect(String(await opened(place.folder))).toContain('is the database of another application');
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a file of a newer version is refused, and the message names both versions', async () => {
  const place = await scratchFolder();
  const file = await filled(place.folder);
  const newer = new DatabaseSync(file);
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  expect(String(await opened(place.folder))).toContain(
    'has schema version 99, but this program supports versions up to 11',
  );
});

test('a folder that can not be created is refused with ENOTDIR', async () => {
  const place = await scratchFolder();
  const inTheWay = join(place.folder, 'file');
  writeFileSync(inTheWay, '');
  const refusal = await opened(join(inTheWay, 'data'));
  expect(refusal).toBeInstanceOf(DataFileError);
  expect(String(refusal)).toContain("can't be created (ENOTDIR)");
});

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const modesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, modeOf(join(folder, name))]));

/** The files of an open database and their modes. */
const inUse = {
  'erasures.db': '600',
  'user-activity.db': '600',
  'user-activity.db-shm': '600',
  'user-activity.db-wal': '600',
  'user-activity.lock': '600',
  'user-activity.lock-journal': '600',
};

/** Returns the modes of the files while the database is open and has content. */
async function modesInUse(folder: string): Promise<Record<string, string>> {
  const database = await SqliteDatabase.open({ folder });
  await new SqliteActivityRepository(database).save(sampleActivities(1));
  const modes = modesIn(folder);
  await database.close();
  return modes;
}

test('only the owner can read the data files, in any folder, and an existing folder keeps its mode', async () => {
  const before = process.umask(0);
  onTestFinished(() => {
    process.umask(before);
  });
  const { folder } = await scratchFolder();
  chmodSync(folder, 0o755);
  expect(await modesInUse(folder)).toEqual(inUse);
  expect(modeOf(folder)).toBe('755');
  const made = join(folder, 'one', 'two');
  expect(await modesInUse(made)).toEqual(inUse);
  expect(modeOf(made)).toBe('700');
});

test('files that other users could read become private when they are opened', async () => {
  const { folder } = await scratchFolder();
  const file = await filled(folder);
  // These are the files that a killed process leaves.
  const killed = new DatabaseSync(file);
  killed.exec('UPDATE heartbeat SET beats = beats + 1');
  const copies = ['', '-wal', '-shm'].map((end) => [`${file}${end}`, readFileSync(`${file}${end}`)] as const);
  killed.close();
  for (const [name, content] of copies) writeFileSync(name, content);
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o664);
  expect(await modesInUse(folder)).toEqual(inUse);
});

test.each([
  'user-activity.db',
  'user-activity.db-wal',
  'user-activity.db-shm',
  'user-activity.lock',
  'erasures.db',
])('a symbolic link as %s is refused, and its target is neither created nor changed', async (name) => {
  const { folder } = await scratchFolder();
  const [target, other] = [join(folder, 'elsewhere'), join(folder, 'other')];
  symlinkSync(target, join(folder, name));
  const refusal = await opened(folder);
  expect(refusal).toBeInstanceOf(DataFileError);
  expect(String(refusal)).toContain(`${join(folder, name)} is a symbolic link`);
  expect(existsSync(target)).toBe(false);
  writeFileSync(target, 'precious', { mode: 0o644 });
  expect(await opened(folder)).toBeInstanceOf(DataFileError);
  expect([readFileSync(target, 'utf8'), modeOf(target)]).toEqual(['precious', '644']);
  expect(await opened(other)).toBeInstanceOf(SqliteDatabase);
});

test('a folder that this user may not enter is refused, and the message names DATA_DIR', async () => {
  const { folder } = await scratchFolder();
  const closed = join(folder, 'closed');
  mkdirSync(closed, { mode: 0o000 });
  chmodSync(folder, 0o755);
  const index = fileURLToPath(new URL('../src/index.ts', import.meta.url));
  // No mode keeps the root user out, so the program becomes another user, once it has read its own files.
  const program = `
    import { DataFileError, SqliteDatabase } from ${JSON.stringify(index)};
    if (process.getuid?.() === 0) process.setuid(4711);
    const error = await SqliteDatabase.open({ folder: ${JSON.stringify(closed)} }).catch((error) => error);
    console.log(JSON.stringify([error instanceof DataFileError, String(error.message)]));
  `;
  const flags = ['--conditions=@user-activity/source', '--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  expect(JSON.parse(stdout)).toEqual([
    true,
    `The data file ${join(closed, 'user-activity.lock')} can't be reached (EACCES). Allow this process to enter its folder, or set DATA_DIR ` +
      'to a folder that this process may write to.',
  ]);
});
