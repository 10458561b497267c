import { createHash } from 'node:crypto';
import { maxEdgeValueBytes } from '@user-activity/domain';
import { describe, expect, test } from 'vitest';
import { post, type Service, seen, service } from './service.ts';

const lettersOf = ({ store }: Service) => [...store.letters.values()];

describe('dead letters of refused calls', () => {
  const path = '/api/dead-letters';
  async function withLetter() {
    const it = await service();
    await post(it.app, '/v1/track', { messageId: 'm', event: 'E' });
    const { data } = (await it.app.inject(path)).json<{ data: { id: string }[] }>();
    return { it, data, id: data[0]?.id ?? '' };
  }

  test('are listed by their code, and have the call as it was sent', async () => {
    const { it, data } = await withLetter();
    const value = { text: '{"messageId":"m","event":"E","type":"track"}' };
    const letter = {
      code: 'invalid',
      reason: '/userId is required',
      activityId: 'm',
      key: null,
      value,
    };
    expect(data).toMatchObject([letter]);
    expect((await it.app.inject(`${path}?code=invalid`)).json()).toMatchObject({ data: [letter] });
    expect((await it.app.inject(`${path}?code=refused`)).json()).toMatchObject({ data: [] });
    expect((await it.app.inject('/api/logs/m/status')).json()).toEqual({ id: 'm', status: 'dead_lettered' });
  });

  const largest = { maxBodyBytes: 10_000_000 };
  const sentIn = (it: Service) => lettersOf(it).map(({ value }) => Buffer.from(value ?? []).toString());

  test.each([
    ['ASCII', 'x'],
    ['two bytes a character', 'é'],
    ['three', '€'],
    ['four', '\u{1f600}'],
  ])(
    'keep the beginning of a large call in %s, its size and its digest, and a retry makes the same dead letter',
    async (_, char) => {
      const it = await service(largest);
      const call = { messageId: 'm', event: 'E', large: char.repeat(100_000), type: 'track' };
      for (const sentAt of ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'])
        await post(it.app, '/v1/track', { ...call, sentAt, writeKey: 'secret' });
      const whole = JSON.stringify(call);
      const [kept = '', ...others] = sentIn(it);
      expect(others).toEqual([]);
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(maxEdgeValueBytes);
      expect(Buffer.byteLength(kept)).toBeGreaterThan(maxEdgeValueBytes - 4);
      expect(whole.startsWith(kept)).toBe(true);
      const { data } = (await it.app.inject(path)).json<{ data: object[] }>();
      const cut = {
        size: Buffer.byteLength(whole),
        sha256: createHash('sha256').update(whole).digest('hex'),
      };
      expect(data).toMatchObject([
        { value: { text: kept }, size: Buffer.byteLength(kept), cut, omitted: [] },
      ]);
    },
  );

  test('keep a whole call of 64 KiB, and leave out a sentAt that would exceed this', async () => {
    const it = await service(largest);
    const call = { messageId: 'm', event: 'E', large: '', type: 'track' };
    const large = 'x'.repeat(maxEdgeValueBytes - JSON.stringify(call).length);
    await post(it.app, '/v1/track', { ...call, large });
    await post(it.app, '/v1/track', { ...call, large, sentAt: 'y'.repeat(70_000) });
    expect(sentIn(it)).toEqual([JSON.stringify({ ...call, large })]);
    const { data } = (await it.app.inject(path)).json<{ data: object[] }>();
    expect(data[0]).not.toHaveProperty('cut');
    await post(it.app, '/v1/track', { ...call, large: `${large}x` });
    expect(sentIn(it)[1]).toHaveLength(maxEdgeValueBytes);
  });

  test('cannot be replayed: "all" skips them, and their ids are violations', async () => {
    const { it, id } = await withLetter();
    expect(seen(await post(it.app, `${path}/replay`, { all: true }))).toEqual({
      status: 202,
      body: { replayed: 0 },
    });
    const named = await post(it.app, `${path}/replay`, { ids: ['user-activity:0:1', id] });
    expect(seen(named)).toMatchObject({
      status: 422,
      body: {
        errors: [
          { path: '/ids/1', message: expect.stringContaining('refused before it reached the log') as string },
        ],
      },
    });
    expect(lettersOf(it)).toHaveLength(1);
    expect(it.logged()).toEqual([]);
  });
});
