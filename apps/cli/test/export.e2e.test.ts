import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess } from '@user-activity/test-kit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Ended, runCli, startCli } from './run-cli.ts';

const key = 'the-key-of-the-test';
const folder = mkdtempSync(join(tmpdir(), 'user-activity-cli-'));
const service = new ServiceProcess({ folder, environment: { API_KEYS: key } });
let environment: Record<string, string>;
const total = 1234;
const texts = ['=1+1', "'=x", '+49', '@sum', 'a "quoted" text, with a comma', 'Zoë 😀', "it's"];

beforeAll(async () => {
  environment = { USER_ACTIVITY_URL: await service.ready(), API_KEY: key };
  const rows = Array.from({ length: total }, (_, index) => ({
    id: index < texts.length ? `=${index}` : `id-${index}`,
    userId: texts[index % texts.length],
    type: 'VIEW',
    createdAt: new Date(1_700_000_000_000 + index * 1000).toISOString(),
    metadata: { index, text: `${texts[index % texts.length]}\n\t`, deep: [{ a: null }] },
  }));
  writeFileSync(join(folder, 'rows.ndjson'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const { code, err } = await run('import', join(folder, 'rows.ndjson'), '--project', 'source');
  if (code !== 0) throw new Error(err);
  while ((await run('count', '--project', 'source')).out !== `${total}\n`);
});
afterAll(async () => {
  await service.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]): Promise<Ended> => runCli(args, environment);
const source = ['--project', 'source'];

describe.each(['ndjson', 'csv'] as const)('%s', (format) => {
  test('an export can be imported into another project, whose export is then equal', async () => {
    const file = join(folder, `all.${format}`);
    expect(await run('export', '--output', file, ...source)).toMatchObject({ code: 0, out: '' });
    const project = ['--project', `of-${format}`];
    expect(await run('import', file, ...project)).toMatchObject({
      code: 0,
      out: `${total} of ${total} rows logged\n`,
    });
    await expect.poll(() => run('count', ...project)).toMatchObject({ out: `${total}\n` });
    const exported = async (name: string) =>
      (await run('export', '--project', name)).out
        .trimEnd()
        .split('\n')
        .map((line) => ({ ...(JSON.parse(line) as object), receivedAt: '' }));
    expect(await exported(`of-${format}`)).toEqual(await exported('source'));
  });

  test.each([
    ['in the middle of a line', 100],
    ['at the end of a line', 0],
    ['before the first line', Number.POSITIVE_INFINITY],
  ])('an export that stopped %s continues after its last whole line', async (name, cut) => {
    const whole = join(folder, `whole-${name}.${format}`);
    const part = join(folder, `part-${name}.${format}`);
    const order = ['--order', 'desc', ...source];
    await run('export', '--output', whole, ...order);
    const content = readFileSync(whole);
    const half = content.subarray(0, content.indexOf('\n', content.length / 2) + 1);
    writeFileSync(part, half);
    if (Number.isFinite(cut)) truncateSync(part, half.length - cut);
    else writeFileSync(part, half.subarray(0, 10));
    expect(await run('export', '--output', part, ...order)).toMatchObject({ code: 2, out: '' });
    expect(await run('export', '--continue', '--output', part, ...order)).toMatchObject({ code: 0 });
    expect(readFileSync(part).equals(content)).toBe(true);
    // A complete file stays unchanged.
    expect(await run('export', '--continue', '--output', part, ...order)).toMatchObject({ code: 0 });
    expect(readFileSync(part).equals(content)).toBe(true);
  });
});

test('an export reconnects and continues if the connection breaks', async () => {
  const lines = ['a', 'b', 'c', 'd'].map(
    (id) => `{"id":"${id}","createdAt":"2026-01-0${id.charCodeAt(0) - 96}T00:00:00.000Z"}\n`,
  );
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams;
    asked.push(query.get('after') ?? 'the beginning');
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    if (asked.length === 1) {
      // A line and a half.
      response.write(`${lines[0]}${lines[1]?.slice(0, 20)}`, () => setTimeout(() => response.destroy(), 100));
    } else response.end(lines.slice(1).join(''));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const ended = await run('export', '--url', `http://127.0.0.1:${port}`);
  expect(ended).toMatchObject({ code: 0, out: lines.join('') });
  expect(ended.err).toContain('Continuing after the last line.');
  expect(asked).toEqual(['the beginning', '2026-01-01T00:00:00.000Z~a']);
});

test('--continue changes no file that is not an export, or is an export with other options', async () => {
  const whole = join(folder, 'whole.ndjson');
  expect(await run('export', '--output', whole, ...source)).toMatchObject({ code: 0 });
  const goesOn = (name: string, ...args: readonly string[]) =>
    run('export', '--continue', '--output', join(folder, name), ...args, ...source);
  const contents = ['{"no":"export"}', 'a text without a line break', 'lines\nwithout a break at the end'];
  for (const content of contents) {
    writeFileSync(join(folder, 'precious'), content);
    expect(await goesOn('precious')).toMatchObject({ code: 2 });
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe(content);
  }
  const before = readFileSync(whole);
  expect(await goesOn('whole.ndjson', '--order', 'desc')).toMatchObject({
    code: 2,
    err: 'The file is in the order asc. Pass the same --order with --continue.\n',
  });
  writeFileSync(`${whole}.export.json`, JSON.stringify({ settings: 'of another export', query: {} }));
  const other = await goesOn('whole.ndjson');
  expect(other).toMatchObject({
    code: 2,
    err: expect.stringContaining('begun with other options') as string,
  });
  expect(readFileSync(whole).equals(before)).toBe(true);
});

test('a failed export leaves no file that would block the next one', async () => {
  const file = join(folder, 'never.csv');
  expect(await run('export', '--output', file, '--key', 'wrong')).toMatchObject({ code: 1 });
  expect(existsSync(file)).toBe(false);
  expect(await run('export', '--output', file, '--user', 'nobody', ...source)).toMatchObject({ code: 0 });
  expect(readFileSync(file, 'utf8')).toBe('id,userId,type,createdAt,receivedAt,metadata\r\n');
  expect(existsSync(`${file}.export.json`)).toBe(false);
});

test('an export ends without an error if the reader of its output closes the pipe', async () => {
  const child = startCli(['export', ...source], environment);
  child.stdout.destroy();
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
});

test('filters select activities, and invalid usage is refused', async () => {
  const some = await run(
    'export',
    '--user',
    '+49',
    '--format',
    'csv',
    '--metadata',
    'index=2',
    '--from',
    '2023-01-01',
    ...source,
  );
  expect(some.out.split('\r\n')).toHaveLength(3);
  expect(some.out).toMatch(/^id,userId,type,createdAt,receivedAt,metadata\r\n'=2,'\+49,VIEW,/);
  expect(await run('export', '--continue', ...source)).toMatchObject({
    code: 2,
    err: '--continue needs --output.\n',
  });
  const other = join(folder, 'other.ndjson');
  appendFileSync(other, 'something else\n');
  const refused = await run('export', '--continue', '--output', other, ...source);
  expect(refused).toMatchObject({
    code: 2,
    err: "The file is not an export in the format ndjson, so it can't be continued.\n",
  });
  expect(readFileSync(other, 'utf8')).toBe('something else\n');
  expect(await run('export', '--output', join(folder, 'missing', 'x'), ...source)).toMatchObject({ code: 2 });
  expect(await run('export', '--url', 'http://127.0.0.1:1')).toMatchObject({ code: 1 });
});
