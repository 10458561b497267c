import { beforeEach, expect, test, vi } from 'vitest';
import { ActivityClient, ConnectionError, type ExportTextOptions, ProblemError } from '../src/index.ts';
import { type Answer, FakeService, problem } from './fake-service.ts';
import { useFakeClock } from './start-client.ts';

beforeEach(useFakeClock);

const lineOf = (id: string): string => `${JSON.stringify({ id, createdAt: `time of ${id}` })}\n`;

/** Answers with a body of these chunks, which then ends or breaks off. */
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

test('yields all activities, even if each chunk is a single character', async () => {
  const { client, service } = start(body([...`${lineOf('a')}${lineOf('😀')}`]));
  expect(await idsOf(client.export({ userId: ['x', 'y'], order: 'desc' }))).toEqual(['a', '😀']);
  expect(service.requests[0]?.url).toBe('http://logs.example/api/logs/export?userId=x&userId=y&order=desc');
});

test('after each failure, the export continues after the last complete activity', async () => {
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

test('a refusal ends the export, and so does an aborted signal', async () => {
  const refused = start(problem(400));
  await expect(idsOf(refused.client.export())).rejects.toThrow(ProblemError);
  const stopped = start(problem(503));
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('enough')), 100);
  await expect(idsOf(stopped.client.export({ signal: stop.signal }))).rejects.toThrow('enough');
});

test('exportText yields whole lines only, and throws ConnectionError if the response breaks off', async () => {
  const { client } = start(body(['id,userId\r\n1,', 'x\r\n2,y\r\n3'], 'broken', 'text/csv; charset=utf-8'));
  const { groups, error } = await textOf(client, { format: 'csv', after: 'x~y' });
  expect(error).toBeInstanceOf(ConnectionError);
  expect(groups).toEqual(['id,userId\r\n', '1,x\r\n2,y\r\n']);
});

test('exportText throws ConnectionError if the response ends within a line, or within a character', async () => {
  const { client, service } = start(body([lineOf('a'), '{"id"']));
  expect(await textOf(client)).toMatchObject({
    groups: [lineOf('a')],
    error: { name: 'ConnectionError', message: 'No complete answer.' },
  });
  service.next.push(() => new Response(Uint8Array.of(0x0a, 0xc3), { headers: ndjson }));
  expect(await textOf(client)).toMatchObject({ groups: ['\n'], error: { name: 'ConnectionError' } });
});

test('after a response that ends within a line, the export continues after the last complete line', async () => {
  const { client, asked } = start(body([lineOf('a'), '{"id"']), body([lineOf('b')]));
  expect(await idsOf(client.export())).toEqual(['a', 'b']);
  expect(asked()).toEqual([null, 'time of a~a']);
});

test('an answer with another media type is refused as not from the service', async () => {
  const message = 'The URL is not a user-activity log: not application/x-ndjson';
  for (const answer of [page, () => new Response(null)]) {
    const { client, service } = start(answer, answer);
    expect(await textOf(client)).toMatchObject({ groups: [], error: { name: 'ConnectionError', message } });
    await expect(idsOf(client.export())).rejects.toThrow(message);
    expect(service.requests).toHaveLength(2);
  }
  const { client } = start(body(['a\n'], 'ended', 'text/plain'));
  expect(await textOf(client, { format: 'csv' })).toMatchObject({
    error: { message: 'The URL is not a user-activity log: not text/csv' },
  });
});

test('an HTML page of a proxy during the export counts as an outage, and is retried', async () => {
  const { client } = start(body([lineOf('a')], 'broken'), page, body([lineOf('b')]));
  expect(await idsOf(client.export())).toEqual(['a', 'b']);
});
