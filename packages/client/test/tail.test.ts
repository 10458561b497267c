import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ActivityClient, ConnectionError, ProblemError, type TailOptions } from '../src/index.ts';
import { serverSentEvents } from '../src/reading/server-sent-events.ts';
import { type Answer, FakeService, problem, unreachable } from './fake-service.ts';
import { useFakeClock } from './start-client.ts';

const eventsIn = async (...chunks: string[]): Promise<unknown[]> => {
  async function* stream(): AsyncGenerator<string> {
    yield* chunks;
  }
  const found: unknown[] = [];
  for await (const { id, data } of serverSentEvents(stream())) found.push([id, data]);
  return found;
};

describe('server-sent events', () => {
  test.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('are parsed if lines end with %s, in one chunk or one for each character', async (_, end) => {
    const lines = [
      ': heartbeat',
      'retry: 2000',
      'id: 1',
      '',
      'id:2',
      'data: a',
      'data:  b: c',
      '',
      'data: d',
      '',
    ];
    const text = lines.map((line) => `${line}${end}`).join('');
    const expected = [
      ['1', ''],
      ['2', 'a\n b: c'],
      ['2', 'd'],
    ];
    // A CR at the end may be half of a CR LF, so the last event is complete only once more text arrives.
    const whole = end === '\r' ? `${text}:${end}` : text;
    expect(await eventsIn(whole)).toEqual(expected);
    expect(await eventsIn(...whole)).toEqual(expected);
  });

  test('an incomplete event at the end is dropped', async () => {
    expect(await eventsIn('id: 1\ndata: a\n\nid: 2\ndata: b\n')).toEqual([['1', 'a']]);
  });
});

const eventStream = { 'content-type': 'text/event-stream' };

/** Answers with a stream of these texts, which then ends, breaks off, or stays open. */
const stream =
  (texts: readonly string[], end: 'ended' | 'broken' | 'open' = 'ended'): Answer =>
  () =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
          if (end === 'ended') controller.close();
        },
        pull(controller) {
          if (end === 'broken') controller.error(new TypeError('terminated'));
        },
      }),
      { headers: eventStream },
    );

const event = (number: number): string => `id: p${number}\ndata: {"id":"a${number}"}\n\n`;

function follow(service: FakeService, options: TailOptions = {}) {
  const client = new ActivityClient({ url: 'http://logs.example', apiKey: 'key', fetch: service.fetch });
  const [seen, reasons] = [[] as string[], [] as unknown[]];
  const connections: number[] = [];
  const tail = client.tail({
    onConnect: () => connections.push(seen.length),
    onReconnect: (reason) => reasons.push(reason),
    ...options,
  });
  const ended = (async () => {
    for await (const { activity, cursor } of tail) seen.push(`${activity.id} ${cursor}`);
  })().catch((error: unknown) => error);
  return { seen, reasons, connections, ended, tail };
}

describe('tail', () => {
  beforeEach(useFakeClock);

  test('continues after the last event or heartbeat, however the connection ended', async () => {
    const service = new FakeService(stream([event(4)], 'open'));
    service.next.push(
      stream(['retry: 2000\nid: p0\n\n', event(1)], 'broken'),
      problem(503, {}, { 'retry-after': '1' }),
      () => {
        throw new TypeError('fetch failed');
      },
      stream([event(2), ': heartbeat\n\nid: p3\n\n', 'id: p4\ndata: {"id']),
    );
    const { seen, reasons, connections } = follow(service, {
      type: ['LOGIN', 'LOGOUT'],
      metadata: { 'device.os': 'ios' },
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(seen).toEqual(['a1 p1', 'a2 p2', 'a4 p4']);
    // `onConnect` was called before the first activity of each connection.
    expect(connections).toEqual([0, 1, 2]);
    expect(service.requests.map(({ headers }) => headers.get('last-event-id'))).toEqual([
      null,
      'p1',
      'p1',
      'p1',
      'p3',
    ]);
    expect(service.requests[0]).toMatchObject({
      url: 'http://logs.example/api/logs/stream?type=LOGIN&type=LOGOUT&metadata.device.os=ios',
    });
    expect(reasons.map((reason) => (reason instanceof Error ? reason.name : reason))).toEqual([
      'ConnectionError',
      'ProblemError',
      'ConnectionError',
      'ConnectionError',
    ]);
  });

  test('reconnects if nothing arrives, not even a heartbeat', async () => {
    const service = new FakeService(stream([event(2)], 'open'));
    service.next.push(stream([event(1)], 'open'));
    const { seen, reasons } = follow(service, { cursor: 'p0' });
    await vi.advanceTimersByTimeAsync(44_000);
    expect(service.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(seen).toEqual(['a1 p1', 'a2 p2']);
    expect(service.requests.map(({ headers }) => headers.get('last-event-id'))).toEqual(['p0', 'p1']);
    expect(reasons).toEqual([new ConnectionError('No answer within 45000 ms.')]);
  });

  test('rejects if the cursor belongs to another log', async () => {
    const { ended } = follow(new FakeService(problem(410)), { cursor: 'p0' });
    expect(await ended).toBeInstanceOf(ProblemError);
  });

  test('rejects if the first answer is from another server, and retries if a later one is', async () => {
    const page: Answer = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
    const wrong = new FakeService(page);
    wrong.next.push(unreachable);
    const { ended } = follow(wrong);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await ended).toEqual(
      new ConnectionError('The URL is not a user-activity log: not text/event-stream'),
    );
    expect(wrong.requests).toHaveLength(2);

    const right = new FakeService(stream([event(2)], 'open'));
    right.next.push(stream([event(1)]), page);
    const { seen } = follow(right);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(seen).toEqual(['a1 p1', 'a2 p2']);
  });

  test('accepts an infinite idleTimeoutMs, and refuses 0 and NaN', async () => {
    const service = new FakeService(stream([], 'open'));
    const { reasons } = follow(service, { idleTimeoutMs: Number.POSITIVE_INFINITY });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(reasons).toEqual([]);
    for (const idleTimeoutMs of [0, Number.NaN])
      expect(await follow(service, { idleTimeoutMs }).ended).toEqual(
        new TypeError('idleTimeoutMs must be a whole number of at least 1.'),
      );
  });

  test('rejects when its signal is aborted, while it reads and while it pauses', async () => {
    for (const answer of [stream([], 'open'), problem(503)]) {
      const controller = new AbortController();
      const { ended } = follow(new FakeService(answer), { signal: controller.signal });
      await vi.advanceTimersByTimeAsync(10);
      controller.abort(new Error('enough'));
      expect(await ended).toEqual(new Error('enough'));
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  test('closes the connection if the reader leaves', async () => {
    const cancelled: unknown[] = [];
    const service = new FakeService(
      () =>
        new Response(
          new ReadableStream<Uint8Array>({
            start: (controller) => controller.enqueue(new TextEncoder().encode(event(1))),
          }),
          { headers: eventStream },
        ),
    );
    const client = new ActivityClient({
      url: 'http://logs.example',
      fetch: (input, init) => {
        init?.signal?.addEventListener('abort', () => cancelled.push(input));
        return service.fetch(input, init);
      },
    });
    for await (const { cursor } of client.tail()) {
      expect(cursor).toBe('p1');
      break;
    }
    expect(cancelled).toEqual(['http://logs.example/api/logs/stream']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
