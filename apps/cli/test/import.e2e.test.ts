import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ServiceProcess } from '@user-activity/test-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, runCli, startCli } from './run-cli.ts';

const key = 'the-key-of-the-test';
const folder = mkdtempSync(join(tmpdir(), 'user-activity-cli-'));
const service = new ServiceProcess({ folder, environment: { API_KEYS: key } });
let environment: Record<string, string>;
beforeAll(async () => {
  environment = { USER_ACTIVITY_URL: await service.ready(), API_KEY: key };
});
afterAll(async () => {
  await service.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]): Promise<Ended> => runCli(args, environment);

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Waits until a project has `count` activities, and returns them, the oldest first. */
async function stored(project: string, count: number) {
  await expect.poll(() => run('count', '--project', project)).toMatchObject({ out: `${count}\n` });
  const { out } = await run('query', '--json', '--order', 'asc', '--limit', '1000', '--project', project);
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

test('imports NDJSON with mapped paths, times in several forms, and other members as metadata', async () => {
  const rows = [
    { actor: { id: 'ann', name: 'Ann' }, event: 'log in', ts: 1_700_000_000, ip: '127.0.0.1' },
    { actor: { id: 'bob' }, event: 'LOGIN', ts: 1_700_000_001_500, 'a.b': null },
    { actor: { id: 'ann' }, event: 'LOGIN', ts: '2023-11-14T22:13:22Z', metadata: { n: 1 } },
  ];
  const path = file('events.ndjson', `\n${rows.map((row) => JSON.stringify(row)).join('\n\n')}\n`);
  const map = [
    '--map',
    'userId=actor.id',
    '--map',
    'type=event',
    '--map',
    'createdAt=ts',
    '--project',
    'mapped',
  ];
  for (let time = 0; time < 2; time += 1)
    expect(await run('import', path, ...map)).toMatchObject({ code: 0, out: '3 of 3 rows logged\n' });
  const all = await stored('mapped', 3);
  expect(all.map(({ id: _id, receivedAt: _receivedAt, ...rest }) => rest)).toEqual([
    {
      userId: 'ann',
      type: 'LOG_IN',
      createdAt: '2023-11-14T22:13:20.000Z',
      metadata: { actor: { name: 'Ann' }, ip: '127.0.0.1' },
    },
    { userId: 'bob', type: 'LOGIN', createdAt: '2023-11-14T22:13:21.500Z', metadata: {} },
    { userId: 'ann', type: 'LOGIN', createdAt: '2023-11-14T22:13:22.000Z', metadata: { n: 1 } },
  ]);
  for (const { id } of all) expect(id).toMatch(/^im_[\w-]{43}$/);
  // With a different name of the import, the same rows get different ids.
  await run('import', path, ...map, '--name', 'another');
  expect(await stored('mapped', 6)).toHaveLength(6);
});

test('ids of public keys are refused, or replaced in the same way in every file', async () => {
  const row = {
    id: `pk.${'x'.repeat(43)}`,
    userId: 'ann',
    type: 'VIEWED',
    createdAt: '2026-11-24T08:00:00Z',
  };
  const files = [
    file('export.ndjson', `${JSON.stringify({ ...row, source: 'public' })}\n`),
    file('another.ndjson', `\n\n${JSON.stringify(row)}\n`),
  ];
  for (const path of files) {
    expect(await run('import', path, '--project', 'public')).toMatchObject({
      code: 1,
      err: expect.stringContaining('/id must not begin with "pk."') as string,
    });
    expect(await run('import', path, '--project', 'public', '--new-public-ids')).toMatchObject({
      code: 0,
      out: '1 of 1 row logged\n',
    });
  }
  expect(await stored('public', 1)).toMatchObject([
    { id: expect.stringMatching(/^im_[\w-]{43}$/) as string, userId: 'ann', metadata: {} },
  ]);
});

test('imports compressed CSV with quotes, a byte order mark, metadata as JSON, and equal rows', async () => {
  const lines = [
    'who,type,createdAt,metadata,plan',
    'ann,"SAID ""HI""",2023-11-14,"{""a"":[1,{}]}",pro',
    'ann,X,2023-11-14 12:00:00.5,,',
    'ann,X,,,',
    'ann,X,,,',
  ];
  const path = file('events.csv.gz', gzipSync(`\u{feff}${lines.join('\r\n')}\r\n`));
  const project = ['--project', 'csv'];
  expect(await run('import', path, '--map', 'userId=who', '--json', ...project)).toMatchObject({
    code: 0,
    out: '{"rows":4,"logged":4,"rejected":0}\n',
  });
  const [first, ...others] = await stored('csv', 4);
  expect(first).toMatchObject({
    userId: 'ann',
    type: 'SAID "HI"'.toUpperCase().replaceAll(' ', '_'),
    metadata: { a: [1, {}], plan: 'pro' },
  });
  expect(others).toMatchObject([
    { type: 'X', metadata: {}, createdAt: '2023-11-14T12:00:00.500Z' },
    { type: 'X', metadata: {} },
    { type: 'X' },
  ]);
});

test('faulty rows are shown by their number, and the others are logged', async () => {
  const rows = [
    '{"userId":"ann","type":"OK"}',
    'no JSON',
    '[1]',
    '{"type":"NOBODY"}',
    '{"userId":"ann","type":"OK","createdAt":"soon"}',
  ];
  const path = file('faulty.jsonl', rows.join('\n'));
  const ended = await run('import', path, '--project', 'faulty');
  expect(ended).toMatchObject({ code: 1, out: '1 of 5 rows logged\n' });
  for (const message of [
    /Row 2: it is not JSON/,
    /Row 3: it is not a JSON object/,
    /Row 4: \/userId/,
    /Row 5: \/createdAt/,
    /4 rows rejected/,
  ])
    expect(ended.err).toMatch(message);
  await stored('faulty', 1);
});

test('a killed import continues after its last checkpoint, and stores nothing twice', async () => {
  const total = 30_000;
  const row = (index: number) => JSON.stringify({ userId: `user-${index % 50}`, type: 'VIEW', n: index });
  const path = file('many.ndjson', Array.from({ length: total }, (_, index) => row(index)).join('\n'));
  const args = ['import', path, '--project', 'many'];
  const child = startCli(args, environment);
  const closed = new Promise((resolve) => {
    child.once('close', resolve);
  });
  child.stderr.resume();
  child.stdout.resume();
  await expect.poll(() => existsSync(`${path}.import.json`), { interval: 1 }).toBe(true);
  child.kill('SIGKILL');
  await closed;
  const { rows } = JSON.parse(readFileSync(`${path}.import.json`, 'utf8')) as { readonly rows: number };
  expect(rows).toBeLessThan(total);
  const ended = await run(...args);
  expect(ended).toMatchObject({ code: 0, out: `${total} of ${total} rows logged\n` });
  expect(ended.err).toContain(`Continuing after ${rows} rows`);
  expect(existsSync(`${path}.import.json`)).toBe(false);
  await expect.poll(() => run('count', '--project', 'many')).toMatchObject({ out: `${total}\n` });
  // Importing the whole file again adds nothing.
  expect(await run(...args)).toMatchObject({ code: 0 });
  expect(await run('stats', '--by', 'type', '--json', '--project', 'many')).toMatchObject({
    out: `{"by":"type","data":[{"key":"VIEW","count":${total}}]}\n`,
  });
});

test('numbers and keys are never changed silently', async () => {
  const rows = [
    '{"userId":42,"type":"A","post":1577730467436138524}',
    '{"userId":42,"type":"A","type":"B"}',
    '{"userId":42,"type":"A","n":1.50}',
  ];
  const ended = await run('import', file('exact.ndjson', rows.join('\n')), '--project', 'exact');
  expect(ended).toMatchObject({ code: 1, out: '1 of 3 rows logged\n' });
  expect(ended.err).toMatch(/Row 1: a number must be .* send it as a string/);
  expect(ended.err).toMatch(/Row 2: .*type/);
  expect(await stored('exact', 1)).toMatchObject([{ userId: '42', metadata: { n: 1.5 } }]);
});

test('CSV can have a different delimiter; rows of a different length and a repeated column name are refused', async () => {
  const path = file('ragged.csv', 'userId;type;plan\nann;A;pro\nbob;B\ncid;C;pro;more\ndan;D;"a;b"\n');
  const ended = await run('import', path, '--delimiter', ';', '--project', 'ragged');
  expect(ended).toMatchObject({ code: 1, out: '2 of 4 rows logged\n' });
  expect(ended.err).toMatch(/Row 2: it has 2 cells, but the header has 3/);
  const users = (await stored('ragged', 2)).map(({ userId, metadata }) => [userId, metadata]);
  expect(new Map(users as [string, object][])).toEqual(
    new Map([
      ['ann', { plan: 'pro' }],
      ['dan', { plan: 'a;b' }],
    ]),
  );
  const twice = await run('import', file('twice.csv', 'userId,type,type\na,b,c\n'));
  expect(twice).toMatchObject({ code: 2, err: 'The header of the file has the column "type" twice.\n' });
});

test('a mapping that fits no row sends nothing', async () => {
  const path = file('typo.csv', 'who,type,time\nann,A,2023-11-14\n');
  const ended = await run(
    'import',
    path,
    '--map',
    'userId=who',
    '--map',
    'createdAt=tme',
    '--project',
    'typo',
  );
  expect(ended).toMatchObject({ code: 2, err: expect.stringContaining('No row has "tme"') as string });
  expect(await run('count', '--project', 'typo')).toMatchObject({ out: '0\n' });
});

test('a repeated import with faulty rows reports them again, and another project gets everything', async () => {
  const rows = Array.from({ length: 5001 }, (_, index) =>
    JSON.stringify({ userId: index === 2 ? '' : 'ann', type: `T${index}` }),
  );
  const path = file('repeated.ndjson', rows.join('\n'));
  const args = ['import', path, '--project', 'repeated'];
  const first = await run(...args);
  expect(first).toMatchObject({ code: 1, out: '5000 of 5001 rows logged\n' });
  expect(await run(...args)).toMatchObject({ code: 1, out: first.out });
  expect(existsSync(`${path}.import.json`)).toBe(false);
  const elsewhere = ['--project', 'elsewhere'];
  expect(await run('import', path, ...elsewhere)).toMatchObject({ out: first.out });
  await expect.poll(() => run('count', ...elsewhere)).toMatchObject({ out: '5000\n' });
});

describe('invalid usage gives a message and an exit code', () => {
  const broken = file('broken.csv', 'a,b\n1,"2\n');
  test.each([
    [['missing.ndjson'], 2, /There is no file missing\.ndjson/],
    [['-'], 2, /Pass --format/],
    [['-', '--format', 'csv'], 2, /Pass --name/],
    [[file('latin.csv', Buffer.from('userId,type\nZo\xeb,A\n', 'latin1'))], 1, /it is not UTF-8/],
    [[broken, '--map', 'user=x'], 2, /field is one of id, userId/],
    [[broken], 1, /can't be read: Quote Not Closed/],
    [[broken, '--key', 'wrong'], 1, /can't be read/],
    [[file('one.ndjson', '{"userId":"a","type":"B"}'), '--key', 'wrong'], 1, /401 [^]*Set API_KEY/],
  ])('%j', async (args, code, message) => {
    const ended = await run('import', ...args);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toMatch(message);
    expect(ended.err).not.toContain('    at ');
  });
});
