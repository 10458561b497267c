import { MemoryDeadLetterQueue } from '@user-activity/adapter-memory';
import { lettersOfLogs } from '@user-activity/port-contracts';
import { expect, test } from 'vitest';
import { post, seen, service } from './service.ts';

const path = '/api/dead-letters';

interface Page {
  readonly data: readonly { readonly id: string; readonly origin: object }[];
  readonly pagination: { readonly nextCursor: string | null };
}

/** A service with one dead letter of each log of a topic. All have the same offset. */
async function setUp() {
  const { app, store } = await service();
  await new MemoryDeadLetterQueue(store).add(lettersOfLogs(7));
  const page = async (query: string): Promise<Page> => (await app.inject(`${path}?${query}`)).json<Page>();
  return { app, store, page };
}

test('a list has the letters of each log of a topic, in one page and in several', async () => {
  const { page } = await setUp();
  const place = { topic: 'user-activity', partition: 0, offset: 7 };
  const expected = [
    { id: 'user-activity:0:7', origin: place },
    { id: 'user-activity@log-2:0:7', origin: { ...place, log: 'log-2' } },
    { id: 'user-activity@log-3:0:7', origin: { ...place, log: 'log-3' } },
  ];
  const shown = ({ data }: Page) => data.map(({ id, origin }) => ({ id, origin }));
  expect(shown(await page('order=asc'))).toEqual(expected);
  let cursor = '';
  for (const letter of expected) {
    const next = await page(`order=asc&limit=1${cursor}`);
    expect(shown(next)).toEqual([letter]);
    cursor = `&cursor=${next.pagination.nextCursor}`;
  }
});

test('a replay of an id of a later log replays only the letter of that log', async () => {
  const { app, store } = await setUp();
  const ids = ['user-activity@log-2:0:7', 'user-activity@log-4:0:7'];
  expect(seen(await post(app, `${path}/replay`, { ids }))).toEqual({ status: 202, body: { replayed: 1 } });
  expect([...store.letters.keys()]).toEqual(['user-activity:0:7', 'user-activity@log-3:0:7']);
  expect((await post(app, `${path}/replay`, { ids: ['user-activity%40log-3:0:7'] })).statusCode).toBe(422);
});
