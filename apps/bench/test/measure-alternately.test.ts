import { expect, test } from 'vitest';
import { measureAlternately } from '../src/measure/measure-alternately.ts';

test('each round measures every side once, in an order that depends on the random numbers', async () => {
  const order: string[] = [];
  const side = (name: string) => ({
    name,
    measure: () => {
      order.push(name);
      return Promise.resolve({ perSecond: order.length });
    },
  });
  const numbers = [0.1, 0.2, 0.9, 0.3];
  const samples = await measureAlternately([side('a'), side('b')], 2, () => numbers.shift() ?? 0);
  expect(order).toEqual(['a', 'b', 'b', 'a']);
  expect(samples.get('a')).toEqual([{ perSecond: 1 }, { perSecond: 4 }]);
  expect(samples.get('b')).toEqual([{ perSecond: 2 }, { perSecond: 3 }]);
});

test('measureAlternately rejects if a measurement rejects', async () => {
  const failing = { name: 'a', measure: () => Promise.reject(new Error('a request got 503')) };
  await expect(measureAlternately([failing], 1)).rejects.toThrow('a request got 503');
});
