import { expect, onTestFinished, test, vi } from 'vitest';
import { validate, version } from 'uuid';
import { UuidIds } from '../src/uuid-ids.ts';

/** Sets the clock, and returns how to change it. */
function clockAt(millis: number): (millis: number) => void {
  let now = millis;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now);
  onTestFinished(() => clock.mockRestore());
  return (next) => {
    now = next;
  };
}

const timeIn = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

test('every id is a UUID of version 7 with the time at which it was made', () => {
  const setClock = clockAt(0);
  const ids = new UuidIds();
  for (let millis = 1; millis < 2 ** 48; millis *= 3) {
    setClock(millis);
    for (let count = 0; count < 200; count += 1) {
      const id = ids.next();
      expect(validate(id) && version(id)).toBe(7);
      expect(timeIn(id)).toBe(millis);
    }
  }
});

test('ids ascend even while the clock stands still or goes back', () => {
  const setClock = clockAt(5000);
  const ids = new UuidIds();
  const made: string[] = [];
  for (const millis of [5000, 4000, 5000, 5001, 1]) {
    setClock(millis);
    for (let count = 0; count < 300; count += 1) made.push(ids.next());
  }
  expect(made).toEqual(made.toSorted());
  expect(new Set(made).size).toBe(made.length);
  expect(timeIn(made.at(-1) ?? '')).toBe(5001);
});

test('the random part of an id never repeats, and has all values', () => {
  clockAt(1);
  const ids = new UuidIds();
  // The last 12 hex digits begin with 6 bits of the sequence number, so only the last 10 are compared.
  const randomParts = Array.from({ length: 50_000 }, () => ids.next().slice(-10));
  expect(new Set(randomParts).size).toBe(randomParts.length);
  for (const place of [0, 9]) expect(new Set(randomParts.map((part) => part[place])).size).toBe(16);
});
