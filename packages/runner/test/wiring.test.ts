import 'reflect-metadata';
import { container } from 'tsyringe';
import { expect, test } from 'vitest';
import { token, Wiring } from '../src/index.ts';

const [a, b, c] = [token<{ name: string }>('a'), token<{ of: unknown }>('b'), token<string>('c')];
const wiring = () => new Wiring(container.createChildContainer());

test('makes each value once, when it is first requested, from the values that it needs', () => {
  const wires = wiring();
  let made = 0;
  wires.provide(b, (get) => ({ of: get(a) }));
  wires.provide(a, () => {
    made += 1;
    return { name: 'a' };
  });
  expect(made).toBe(0);
  expect(wires.get(b).of).toBe(wires.get(a));
  expect(made).toBe(1);
});

test('throws if a token is registered twice', () => {
  const wires = wiring();
  wires.provide(c, () => 'first');
  expect(() => wires.provide(c, () => 'second')).toThrow('c is provided twice.');
  expect(wires.get(c)).toBe('first');
});

test('throws with the name of a token that is not provided', () => {
  const wires = wiring();
  wires.provide(b, (get) => ({ of: get(a) }));
  expect(() => wires.get(b)).toThrow('a is not provided.');
  expect(() => wires.resolveAll()).toThrow('a is not provided.');
});

test('throws with the names of the tokens in a cycle', () => {
  const wires = wiring();
  wires.provide(a, (get) => ({ name: JSON.stringify(get(b)) }));
  wires.provide(b, (get) => ({ of: get(a) }));
  expect(() => wires.get(a)).toThrow('These values depend on each other in a cycle: a -> b -> a.');
});

test('closes each made value once, the latest first, and no other value', async () => {
  const wires = wiring();
  const closed: string[] = [];
  const closing = (name: string) => async () => {
    closed.push(name);
  };
  wires.provide(a, () => ({ name: 'a' }), closing('a'));
  wires.provide(b, (get) => ({ of: get(a) }), closing('b'));
  wires.provide(c, () => 'never made', closing('c'));
  wires.get(b);
  await Promise.all([wires.close(), wires.close()]);
  expect(closed).toEqual(['b', 'a']);
});

test('closes the other values if one fails to close, and rejects with the failure', async () => {
  const wires = wiring();
  const closed: string[] = [];
  wires.provide(
    a,
    () => ({ name: 'a' }),
    async () => {
      closed.push('a');
    },
  );
  wires.provide(
    b,
    (get) => ({ of: get(a) }),
    () => Promise.reject(new Error('b fails')),
  );
  wires.get(b);
  await expect(wires.close()).rejects.toThrow('b fails');
  expect(closed).toEqual(['a']);
});
