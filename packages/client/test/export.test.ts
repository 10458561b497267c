import { beforeEach, expect, test, vi } from 'vitest';
import { ActivityClient, ConnectionError, type ExportTextOptions, ProblemError } from '../src/index.ts';
import { type Answer, FakeService, problem } from './fake-service.ts';
import { useFakeClock } from './start-client.ts';

beforeEach(useFakeClock);

const lineOf = (id: string): string => `${JSON.stringify({ id, createdAt: `time of ${id}` })}\n`;

/** Answers with these chunks, which then end or break off. */
const body =
  (
    chunks: readonly string[],
    end: 'ended' | 'broken' = 'ended',
    mediaType = 'application/x-ndjson',
  ): Answer =>
  () =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
          if (end === 'ended') controller.close();
          else setTimeout(() => controller.error(new TypeError('terminated')), 1);
        },
      }),
      { headers: { 'content-type': mediaType } },
    );

const page = body(['<html>\n'], 'ended', 'text/html');

function start(...answers: readonly Answer[]) {
  const service = new FakeService();
  service.next.push(...answers);
  const client = new ActivityClient({ url: 'http://logs.example', fetch: service.fetch });
  const asked = () => service.requests.map(({ url }) => new URL(url).searchParams.get('after'));
  return { client, asked, service };
}

const ndjson = { 'content-type': 'application/x-ndjson' };

async function textOf(client: ActivityClient, options: ExportTextOptions = {}) {
  const groups: string[] = [];
  const reading = (async () => {
    for await (const group of client.exportText(options)) groups.push(group);
  })().catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  return { groups, error: await reading };
}

async function idsOf(activities: AsyncIterable<{ readonly id: string }>): Promise<readonly string[]> {
  const ids: string[] = [];
  const reading = (async () => {
    for await (const { id } of activities) ids.push(id);
  })();
  reading.catch(() => undefined);
  await vi.runAllTimersAsync();
  await reading;
  return ids;
}

test('all activities come, however the chunks are cut', async () => {
  const { client, service } = start(body([...`${lineOf('a')}${lineOf('😀')}`]));
  expect(await idsOf(client.export({ userId: ['x', 'y'], order: 'desc' }))).toEqual(['a', '😀']);
  expect(service.requests[0]?.url).toBe('http://logs.example/api/logs/export?userId=x&userId=y&order=desc');
});

test('after each failure it continues behind the last whole activity', async () => {
  const { client, asked } = start(
    body([lineOf('a'), lineOf('b'), lineOf('c').slice(0, 9)], 'broken'),
    problem(503),
    body([], 'broken'),
    body([lineOf('c')]),
  );
  expect(await idsOf(client.export())).toEqual(['a', 'b', 'c']);
  const after = 'time of b~b';
  expect(asked()).toEqual([null, after, after, after]);
});

test('a refusal ends it, and so does the signal', async () => {
  const refused = start(problem(400));
  await expect(idsOf(refused.client.export())).rejects.toThrow(ProblemError);
  const stopped = start(problem(503));
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('enough')), 100);
  await expect(idsOf(stopped.client.export({ signal: stop.signal }))).rejects.toThrow('enough');
});

test('the text has whole lines only, and an export that breaks off is an error', async () => {
  const { client } = start(body(['id,userId\r\n1,', 'x\r\n2,y\r\n3'], 'broken', 'text/csv; charset=utf-8'));
  const { groups, error } = await textOf(client, { format: 'csv', after: 'x~y' });
  expect(error).toBeInstanceOf(ConnectionError);
  expect(groups).toEqual(['id,userId\r\n', '1,x\r\n2,y\r\n']);
});

test('the text that ends within a line, or within a character, is an error', async () => {
  const { client, service } = start(body([lineOf('a'), '{"id"']));
  expect(await textOf(client)).toMatchObject({
    groups: [lineOf('a')],
    error: { name: 'ConnectionError', message: 'There was no whole answer.' },
  });
  service.next.push(() => new Response(Uint8Array.of(0x0a, 0xc3), { headers: ndjson }));
  expect(await textOf(client)).toMatchObject({ groups: ['\n'], error: { name: 'ConnectionError' } });
});

test('an export that ends within a line continues behind the last whole one', async () => {
  const { client, asked } = start(body([lineOf('a'), '{"id"']), body([lineOf('b')]));
  expect(await idsOf(client.export())).toEqual(['a', 'b']);
  expect(asked()).toEqual([null, 'time of a~a']);
});

test('an answer of another media type is no export', async () => {
  const message = 'The URL is not a user-activity log: no application/x-ndjson';
  for (const answer of [page, () => new Response(null)]) {
    const { client, service } = start(answer, answer);
    expect(await textOf(client)).toMatchObject({ groups: [], error: { name: 'ConnectionError', message } });
    await expect(idsOf(client.export())).rejects.toThrow(message);
    expect(service.requests).toHaveLength(2);
  }
  const { client } = start(body(['a\n'], 'ended', 'text/plain'));
  expect(await textOf(client, { format: 'csv' })).toMatchObject({
    error: { message: 'The URL is not a user-activity log: no text/csv' },
  });
});

test('a page of a proxy during the export is an outage', async () => {
  const { client } = start(body([lineOf('a')], 'broken'), page, body([lineOf('b')]));
  expect(await idsOf(client.export())).toEqual(['a', 'b']);
});
