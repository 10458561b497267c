import { expect, test } from 'vitest';
import { listText } from '../src/bodies/json-text.ts';

/** The list, and whether others had their turn while it was made. */
async function make(items: readonly string[]) {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  const text = await listText(items, (item) => JSON.stringify(item));
  return { items: JSON.parse(text) as unknown, turned };
}

test('a list is a JSON array, also without items', async () => {
  expect(await make([])).toEqual({ items: [], turned: false });
  expect(await make(['a', '"'])).toEqual({ items: ['a', '"'], turned: false });
});

test('the event loop turns while a large list is made', async () => {
  const items = Array.from({ length: 10 }, () => 'x'.repeat(10_000));
  expect(await make(items)).toEqual({ items, turned: true });
});
