import {
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
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess } from '@user-activity/test-kit';
import { expect, onTestFinished, test } from 'vitest';
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

/** Lines of 30 bytes with their line break, so that a segment of 100 bytes has four. */
const lineOf = (number: number): string => `{"number":"${String(number).padStart(3, '0')}","pad":"ää"}`;
const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => lineOf(from + index));

function addAll(spool: DiskSpool, all: readonly string[]): void {
  for (const line of all) spool.add(line);
}

/** Takes everything out, in batches of 3. */
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

test('the next process gets what is left, in order, and what was added since', async () => {
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

test('a line that was cut off is ignored, and does not spoil the next one', async () => {
  const folder = makeFolder();
  const first = open(folder);
  addAll(first, lines(0, 2));
  await first.close();
  const [segment = ''] = segmentsIn(folder);
  appendFileSync(join(folder, segment), '\n{"number":2,"pa');
  const second = open(folder);
  expect(second.count).toBe(3);
  addAll(second, lines(2, 4));
  // A blank line is no line that was added, but it must count as an item of a batch.
  expect(drain(second)).toEqual([...lines(0, 2), 'null', ...lines(2, 4)]);
  await second.close();
});

test.each([
  ['is missing', undefined],
  ['is empty', ''],
  ['is no position', 'garbage'],
  ['names a file that is gone', `${'999 5'.padEnd(31)}\n`],
  ['is not the end of a line', `${'1 5'.padEnd(31)}\n`],
])('if the position %s, everything is sent again', async (_, text) => {
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

test('files of before the position, as of a backup, are sent again', async () => {
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

test('a folder that cannot be read throws, and is not locked', async () => {
  const folder = makeFolder();
  mkdirSync(join(folder, '000000000001.ndjson'));
  expect(() => open(folder)).toThrow('EISDIR');
  rmdirSync(join(folder, '000000000001.ndjson'));
  await open(folder).close();
});

test('a folder belongs to one process at a time', async () => {
  const folder = makeFolder();
  const spool = open(folder);
  expect(() => open(folder)).toThrow(SpoolError);
  await spool.close();
  await open(folder).close();
});

test('a full spool refuses a line as a whole, and has room again for what is settled', async () => {
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

test('a long line comes out alone, whatever the limit', async () => {
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

test('with syncMs 0, a line is on the disk when it was added; files and folder are for their owner alone', async () => {
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

test('on a full disk, a line is refused as a whole, and the others are kept', async () => {
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
