import fs, {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess } from '@user-activity/test-kit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { DiskSpool, SpoolError, type SpoolOptions } from '../src/node/index.ts';
import { QueueFullError } from '../src/index.ts';

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'user-activity-spool-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const open = (folder: string, options: Partial<SpoolOptions> = {}): DiskSpool =>
  DiskSpool.open({ folder, segmentBytes: 100, ...options });

const segmentsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .toSorted();

/** Makes a line of 30 bytes, including the line break. A segment that ends at 100 bytes has four such lines. */
const lineOf = (number: number): string => `{"number":"${String(number).padStart(3, '0')}","pad":"ää"}`;
const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => lineOf(from + index));

/** Makes a function of `node:fs` throw. Returns a function that ends this. */
function failing(name: 'unlinkSync' | 'writeSync' | 'fdatasyncSync'): () => void {
  const spy = vi.spyOn(fs, name).mockImplementation(() => {
    throw new Error(`ENOSPC: ${name}`);
  });
  const mend = (): void => {
    spy.mockRestore();
    syncBuiltinESMExports();
  };
  syncBuiltinESMExports();
  onTestFinished(mend);
  return mend;
}

function tryTo(run: () => void): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

function addAll(spool: DiskSpool, all: readonly string[]): void {
  for (const line of all) spool.add(line);
}

/** Removes all lines, in batches of 3, and returns them. */
function drain(spool: DiskSpool): string[] {
  const found: string[] = [];
  for (let batch = spool.first(3, 10_000); batch.length > 0; batch = spool.first(3, 10_000)) {
    found.push(...batch);
    spool.remove(batch.length);
  }
  return found;
}

test('lines come out in order, and a file is removed once its lines are settled', async () => {
  const folder = makeFolder();
  const spool = open(folder);
  addAll(spool, lines(0, 10));
  expect([spool.count, spool.bytes]).toEqual([10, 300]);
  expect(segmentsIn(folder)).toHaveLength(3);
  expect(spool.first(2, 1000)).toEqual(lines(0, 2));
  expect(spool.first(2, 1000)).toEqual(lines(0, 2));
  spool.remove(2);
  expect(spool.first(9, 1000)).toEqual(lines(2, 4));
  spool.remove(2);
  expect(segmentsIn(folder)).toHaveLength(2);
  expect(drain(spool)).toEqual(lines(4, 10));
  expect([spool.count, spool.bytes, spool.first(1, 1)]).toEqual([0, 0, []]);
  await spool.close();
  expect(segmentsIn(folder)).toEqual([]);
});

test('the next process gets the lines that are left, and then those that it adds', async () => {
  const folder = makeFolder();
  const first = open(folder);
  addAll(first, lines(0, 10));
  first.first(6, 1000);
  first.remove(3);
  await first.close();
  const second = open(folder);
  expect([second.count, second.bytes]).toEqual([7, 210]);
  addAll(second, lines(10, 12));
  expect(drain(second)).toEqual(lines(3, 12));
  await second.close();
  const third = open(folder);
  expect(third.count).toBe(0);
  await third.close();
});

test('an incomplete last line is ignored, and does not damage the lines that follow', async () => {
  const folder = makeFolder();
  const first = open(folder);
  addAll(first, lines(0, 2));
  await first.close();
  const [segment = ''] = segmentsIn(folder);
  appendFileSync(join(folder, segment), '\n \t\r\n{"number":2,"pa');
  const second = open(folder);
  expect(second.count).toBe(4);
  addAll(second, lines(2, 4));
  // Nobody added the blank lines. They come out as `null`, because the service would skip blank lines and answer for fewer items.
  expect(drain(second)).toEqual([...lines(0, 2), 'null', 'null', ...lines(2, 4)]);
  await second.close();
});

test.each([
  ['is missing', undefined],
  ['is empty', ''],
  ['is not valid', 'garbage'],
  ['names a file that does not exist', `${'999 5'.padEnd(31)}\n`],
  ['is in the middle of a line', `${'1 5'.padEnd(31)}\n`],
])('if the saved position %s, all lines are sent again', async (_, text) => {
  const folder = makeFolder();
  const first = open(folder);
  addAll(first, lines(0, 6));
  first.first(2, 1000);
  first.remove(2);
  await first.close();
  rmSync(join(folder, 'position'));
  if (text !== undefined) writeFileSync(join(folder, 'position'), text);
  const second = open(folder);
  expect(drain(second)).toEqual(lines(0, 6));
  await second.close();
});

test('files before the saved position, such as restored ones, are sent again', async () => {
  const folder = makeFolder();
  const first = open(folder);
  addAll(first, lines(0, 6));
  const copy = readFileSync(join(folder, segmentsIn(folder)[0] ?? ''));
  for (let left = 5; left > 0; left -= 1) {
    first.first(1, 1000);
    first.remove(1);
  }
  await first.close();
  writeFileSync(join(folder, '000000000001.ndjson'), copy);
  const second = open(folder);
  expect(drain(second)).toEqual(lines(0, 6));
  await second.close();
});

test('if a segment cannot be read, open throws and releases the lock', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, '000000000001.ndjson'));
  expect(() => open(folder)).toThrow('EISDIR');
  rmdirSync(join(folder, '000000000001.ndjson'));
  await open(folder).close();
});

test('a folder can be open in one process at a time', async () => {
  const folder = makeFolder();
  const spool = open(folder);
  expect(() => open(folder)).toThrow(SpoolError);
  expect(() => open(folder)).toThrow('Another process uses the spool');
  await spool.close();
  await open(folder).close();
});

test('invalid numbers in the options are refused, and the lock is released', async () => {
  const folder = makeFolder();
  for (const options of [{ maxBytes: 0 }, { segmentBytes: Number.NaN }, { syncMs: -1 }])
    expect(() => open(folder, options)).toThrow(TypeError);
  await open(folder, { maxBytes: Number.POSITIVE_INFINITY, syncMs: Number.POSITIVE_INFINITY }).close();
});

test('if locking fails, the error says why', () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'lock'), 'no database '.repeat(100));
  expect(() => open(folder)).toThrow(
    new SpoolError(`The spool ${folder} could not be locked: file is not a database.`),
  );
  rmSync(join(folder, 'lock'));
  mkdirSync(join(folder, 'lock'));
  expect(() => open(folder)).toThrow(/^The spool .* could not be locked: unable to open database file/);
});

test('if the position cannot be written and files cannot be deleted, the next process sends the lines again', async () => {
  const folder = makeFolder();
  const first = open(folder);
  addAll(first, lines(0, 6));
  const mends = [failing('writeSync'), failing('unlinkSync')];
  expect(drain(first)).toEqual(lines(0, 6));
  expect([first.count, first.bytes]).toEqual([0, 0]);
  await first.close();
  for (const mend of mends) mend();
  const second = open(folder);
  expect(drain(second)).toEqual(lines(0, 6));
  await second.close();
  expect(segmentsIn(folder)).toEqual([]);
});

test('with syncMs 0, no part of a line stays if its sync failed', async () => {
  const folder = makeFolder();
  const first = open(folder, { syncMs: 0 });
  first.add(lineOf(0));
  const mend = failing('fdatasyncSync');
  expect(() => first.add(`${lineOf(1)} and more`)).toThrow(SpoolError);
  expect(first.count).toBe(1);
  mend();
  first.add(lineOf(2));
  await first.close();
  const second = open(folder);
  expect(drain(second)).toEqual([lineOf(0), lineOf(2)]);
  await second.close();
});

test('a failed background sync makes the next add throw, and later lines are synced again', async () => {
  const folder = makeFolder();
  const spool = open(folder, { syncMs: 1 });
  const spy = vi.spyOn(fs, 'fdatasync');
  const mend = (): void => {
    spy.mockRestore();
    syncBuiltinESMExports();
  };
  onTestFinished(mend);
  spy.mockImplementationOnce((_file, callBack) => callBack(new Error('EIO')));
  syncBuiltinESMExports();
  spool.add(lineOf(0));
  await expect.poll(() => spy.mock.calls.length).toBe(1);
  await expect.poll(() => tryTo(() => spool.add(lineOf(1)))).toBeInstanceOf(SpoolError);
  spool.add(lineOf(2));
  await expect.poll(() => spy.mock.calls.length).toBeGreaterThan(1);
  await spool.close();
});

test('a full spool refuses a line, and has room for it once another line is removed', async () => {
  const folder = makeFolder();
  const spool = open(folder, { maxBytes: 300 });
  addAll(spool, lines(0, 10));
  expect(() => spool.add(lineOf(10))).toThrow(QueueFullError);
  expect(spool.count).toBe(10);
  spool.first(1, 1000);
  spool.remove(1);
  spool.add(lineOf(10));
  expect(drain(spool)).toEqual(lines(1, 11));
  await spool.close();
});

test('a line longer than maxBytes comes out alone', async () => {
  const folder = makeFolder();
  const spool = open(folder);
  const long = 'ä'.repeat(5000);
  addAll(spool, [lineOf(0), long, lineOf(1)]);
  expect(spool.first(9, 10)).toEqual([lineOf(0)]);
  expect(spool.first(9, 1000)).toEqual([lineOf(0)]);
  spool.remove(1);
  expect(spool.first(9, 10)).toEqual([long]);
  spool.remove(1);
  expect(drain(spool)).toEqual([lineOf(1)]);
  await spool.close();
});

test('with syncMs 0, a line is on the disk when add returns, and only the owner can read files and folder', async () => {
  const folder = join(makeFolder(), 'made', 'here');
  const spool = open(folder, { syncMs: 0 });
  spool.add(lineOf(0));
  const [segment = ''] = segmentsIn(folder);
  expect(readFileSync(join(folder, segment), 'utf8')).toBe(`${lineOf(0)}\n`);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, segment)).mode & 0o777).toBe(0o600);
  await spool.close();
  expect(existsSync(join(folder, segment))).toBe(true);
});

test('on a full disk, add throws and leaves no part of the line, and the other lines are kept', async () => {
  const folder = makeFolder();
  const program = new ServiceProcess({
    main: 'packages/client/test/full-disk-program.ts',
    environment: { SPOOL: folder },
    maxFileKiB: 64,
  });
  expect(await program.exited).toBe(0);
  const added = Number(/^added (\d+)$/m.exec(program.output)?.[1]);
  expect(added).toBeGreaterThan(5);
  const spool = DiskSpool.open({ folder });
  const numbers = drain(spool).map((line) => (JSON.parse(line) as { number: unknown }).number);
  expect(numbers).toEqual([...Array.from({ length: added }, (_, index) => index), 'last']);
  await spool.close();
});
