import { maxEdgeValueBytes } from '@user-activity/domain';
import { expect, test } from 'vitest';
import { KeyMask } from '../../src/segment/key-mask.ts';
import { post, service } from '../service.ts';

test.each<[string[], string, number, string]>([
  [[], '{"a":"key"}', 100, '{"a":"key"}'],
  [['key'], '["key",{"key":"a key"}]', 100, '["***",{"***":"a ***"}]'],
  [['key', 'long-key'], '"long-key key"', 100, '"******** ***"'],
  [['a"b'], String.raw`"a\"b"`, 100, '"****"'],
  [['$&'], '"$& $1"', 100, '"** $1"'],
  [['secret'], '0123456secret', 9, '0123456**'],
  [[''], 'abc', 2, 'ab'],
])('no part of the keys %j remains in %s', (keys, json, units, left) => {
  expect(new KeyMask(keys).beginningOf(json, units)).toBe(left);
});

test('a dead letter holds no API key, wherever the call had it', async () => {
  const it = await service({ apiKeys: ['s3cret-1', 's3cret-2'], maxBodyBytes: 1_000_000 });
  const bodies = [
    [{ writeKey: 's3cret-1' }],
    { write_key: 's3cret-1', context: { writeKey: 's3cret-2' } },
    { event: `${'x'.repeat(maxEdgeValueBytes - 20)}s3cret-1s3cret-2`, ['s3cret-2']: 1 },
    { fill: 'x'.repeat(100_000), a: 's3cret-1' },
  ];
  for (const body of bodies) await post(it.app, '/v1/track', body, { 'x-api-key': 's3cret-1' });
  await post(it.app, '/v1/batch', { batch: bodies }, { 'x-api-key': 's3cret-2' });
  const kept = [...it.store.letters.values()].map(({ value }) => Buffer.from(value ?? []).toString());
  expect(kept.length).toBeGreaterThanOrEqual(bodies.length);
  expect(kept.join('')).not.toContain('s3cret');
  expect(kept[0]).toBe('[{"writeKey":"********"}]');
});
