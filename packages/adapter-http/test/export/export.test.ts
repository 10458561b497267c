import { ActivityKeyText } from '@user-activity/domain';
import { sampleActivity } from '@user-activity/port-contracts';
import { describe, expect, test } from 'vitest';
import { seen, type Service, service } from '../service.ts';
import { cellsOf } from './csv-reader.ts';
import { csvHeader } from '../../src/export/csv-lines.ts';
import { after, exported, idsIn, linesIn, variedActivities } from './exporting.ts';

async function filled(count = 20): Promise<Service> {
  const it = await service();
  await it.repository.save(variedActivities(count));
  return it;
}

/** Returns the ids that `GET /api/logs` lists, in the same order. */
async function listed({ app }: Service, query: string): Promise<readonly string[]> {
  const response = await app.inject(`/api/logs?limit=500&${query}`);
  return response.json<{ data: readonly { id: string }[] }>().data.map(({ id }) => id);
}

describe('GET /api/logs/export', () => {
  test('has a line for each activity, as GET /api/logs shows it, the oldest first', async () => {
    const it = await filled();
    const response = await it.app.inject('/api/logs/export');
    expect(response.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-disposition': 'attachment; filename="activities.ndjson"',
      'cache-control': 'no-store',
    });
    const list = await it.app.inject('/api/logs?order=asc');
    expect(linesIn(response.body)).toEqual(list.json<{ data: unknown }>().data);
    expect(response.body.endsWith('}\n')).toBe(true);
  });

  test.each(['asc', 'desc'])('has the order of GET /api/logs with order=%s', async (order) => {
    const it = await filled();
    expect(idsIn(await exported(it, `?order=${order}`))).toEqual(await listed(it, `order=${order}`));
  });

  test('is CSV with a header', async () => {
    const it = await service();
    await it.repository.save([
      sampleActivity({
        id: '=1',
        userId: 'ann, "the boss"',
        metadata: { a: ['x', 1] },
        createdAt: '2026-01-01T00:00:00Z',
      }),
    ]);
    const response = await it.app.inject('/api/logs/export?format=csv');
    expect(response.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="activities.csv"',
    });
    expect(cellsOf(response.body)).toEqual([
      ['id', 'userId', 'type', 'createdAt', 'receivedAt', 'metadata'],
      [
        "'=1",
        'ann, "the boss"',
        'LOGIN',
        '2026-01-01T00:00:00.000Z',
        '2026-01-02T03:04:05.678Z',
        '{"a":["x",1]}',
      ],
    ]);
  });

  test('is empty if nothing matches, except for the header of CSV', async () => {
    const it = await filled();
    expect(await exported(it, '?userId=nobody')).toBe('');
    expect(await exported(it, '?userId=nobody&format=csv')).toBe(csvHeader);
  });
});

describe('after', () => {
  test.each(['asc', 'desc'])('any line, the rest follows, in order %s', async (order) => {
    const it = await filled();
    const whole = await exported(it, `?order=${order}`);
    for (const [index, line] of linesIn(whole).entries())
      expect(idsIn(await exported(it, `?order=${order}&${after(line)}`))).toEqual(
        idsIn(whole).slice(index + 1),
      );
  });

  test('a line of CSV, the rest follows without a header, so that both parts make one file', async () => {
    const it = await filled();
    const whole = await exported(it, '?format=csv&userId=ann');
    const lines = whole.split('\r\n').slice(1, -1);
    expect(lines.length).toBeGreaterThan(5);
    for (const [index, line] of lines.entries()) {
      const [id = '', , , createdAt = ''] = cellsOf(`${line}\r\n`)[0] ?? [];
      const rest = await exported(it, `?format=csv&userId=ann&${after({ id, createdAt })}`);
      expect(
        csvHeader +
          lines
            .slice(0, index + 1)
            .map((kept) => `${kept}\r\n`)
            .join('') +
          rest,
      ).toBe(whole);
    }
  });

  test('an activity that is gone, the rest follows too', async () => {
    const it = await filled();
    const lines = linesIn(await exported(it));
    const gone = lines[7];
    if (gone === undefined) throw new Error('There are twenty.');
    const stored = [...it.store.activities.values()].find(({ id }) => id === gone.id);
    if (stored === undefined) throw new Error('It is stored.');
    it.store.activities.delete(ActivityKeyText.of(stored));
    expect(idsIn(await exported(it, `?${after(gone)}`))).toEqual(lines.slice(8).map(({ id }) => id));
  });

  test('a position before, between or after all activities, the rest follows too', async () => {
    const it = await service();
    await it.repository.save([
      sampleActivity({ id: 'b', createdAt: '2026-01-01T00:00:00Z' }),
      sampleActivity({ id: 'd', createdAt: '2026-01-01T00:00:00Z' }),
    ]);
    for (const [position, expected] of [
      ['2025-01-01T00:00:00Z~x', 'bd'],
      ['2026-01-01T00:00:00Z~a', 'bd'],
      ['2026-01-01T01:00:00%2B01:00~c', 'd'],
      ['2026-01-01T00:00:00Z~e', ''],
      ['2027-01-01T00:00:00Z~x', ''],
    ])
      expect([position, idsIn(await exported(it, `?after=${position}`)).join('')]).toEqual([
        position,
        expected,
      ]);
  });

  test('an id with any character that ids may have, the rest follows', async () => {
    const it = await service();
    const ids = ['!', '#a', '%41', '&', '+', '?x=1', 'a~b', '~', '~~'];
    await it.repository.save(ids.map((id) => sampleActivity({ id })));
    const lines = linesIn(await exported(it));
    expect(lines.map(({ id }) => id)).toEqual(ids);
    for (const [index, line] of lines.entries())
      expect(idsIn(await exported(it, `?${after(line)}`))).toEqual(ids.slice(index + 1));
  });

  test('the last line, the next export has what was stored since', async () => {
    const it = await filled();
    const last = linesIn(await exported(it)).at(-1);
    if (last === undefined) throw new Error('There are twenty.');
    await it.repository.save([sampleActivity({ id: 'new', createdAt: '2026-02-01T00:00:00Z' })]);
    expect(idsIn(await exported(it, `?${after(last)}`))).toEqual(['new']);
  });
});

describe('a refusal', () => {
  test.each([
    ['format=xml', '/format'],
    ['format=CSV', '/format'],
    ['format=', '/format'],
    ['format=csv&format=csv', '/format'],
    ['order=up', '/order'],
    ['after=', '/after'],
    ['after=abc', '/after'],
    ['after=2026-01-01T00:00:00Z', '/after'],
    ['after=2026-01-01T00:00:00Z~', '/after'],
    ['after=~a', '/after'],
    ['after=2026-01-01~a', '/after'],
    ['after=-1h~a', '/after'],
    ['after=2026-02-30T00:00:00Z~a', '/after'],
    ['after=2026-01-01T00:00:00Z~a+b', '/after'],
    ['after=2026-01-01T00:00:00Z~..', '/after'],
    [`after=2026-01-01T00:00:00Z~${'a'.repeat(129)}`, '/after'],
    ['after=2026-01-01T00:00:00Z~a&after=2026-01-01T00:00:00Z~b', '/after'],
    ['after=2026-01-01T00:00:00Z~a&from=-24h', '/from'],
    ['after=2026-01-01T00:00:00Z~a&to=now', '/to'],
    ['limit=10', '/limit'],
    ['cursor=abc', '/cursor'],
    ['page=2', '/page'],
    ['metadata.a=1', '/metadata.a'],
    ['from=yesterday', '/from'],
    ['userId=%00', '/userId'],
  ])('%s is 400 at %s', async (query, path) => {
    const it = await service();
    const response = await it.app.inject(`/api/logs/export?${query}`);
    expect(seen(response)).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });

  test('lists all faults at once', async () => {
    const it = await service();
    const query = 'page=2&format=xml&order=up&after=abc&userId=%00&from=-1h&to=yesterday';
    const { status, body } = seen(await it.app.inject(`/api/logs/export?${query}`));
    expect([
      status,
      (body as { errors: { path: string }[] }).errors.map(({ path }) => path).toSorted(),
    ]).toEqual([400, ['/after', '/format', '/from', '/order', '/page', '/to', '/userId']]);
  });

  test('names the remedy', async () => {
    const it = await service();
    const messages = async (query: string): Promise<unknown> =>
      (await it.app.inject(`/api/logs/export?${query}`)).json<{ errors: { message: string }[] }>().errors[0]
        ?.message;
    expect(await messages('after=x')).toBe(
      'must be the createdAt and the id of the last line that you have, as in 2026-11-24T13:27:40.628Z~0197a1c2-7e3f-7b44-9c1d-2f6f0a9c8b10; percent-encode the id in the URL',
    );
    expect(await messages('after=2026-01-01T00:00:00Z~a&from=-24h')).toBe(
      'must be an absolute time together with "after": a relative time has another meaning in each request',
    );
  });

  test('HEAD is refused, because it would read everything', async () => {
    const it = await service();
    const { statusCode, headers } = await it.app.inject({ method: 'HEAD', url: '/api/logs/export' });
    expect([statusCode, headers['allow']]).toEqual([405, 'GET']);
  });
});
