import { expect, test } from 'vitest';
import { makePageBytes } from '../src/bodies/json-text.ts';

/** Makes a page. Returns it, and whether other work ran while it was made. */
async function make(items: readonly string[]) {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  const bytes = await makePageBytes(items, (item) => JSON.stringify(item), { hasMore: false });
  return { page: JSON.parse(bytes.toString()) as unknown, turned };
}

const pageOf = (data: readonly string[]) => ({ data, pagination: { hasMore: false } });

test('a page is JSON in UTF-8, also without items', async () => {
  expect(await make([])).toEqual({ page: pageOf([]), turned: false });
  expect(await make(['a', '"', 'ä€😀'])).toEqual({ page: pageOf(['a', '"', 'ä€😀']), turned: false });
});

test('the event loop runs while a large page is made', async () => {
  const items = Array.from({ length: 10 }, (_, index) => `${index}€`.repeat(10_000));
  expect(await make(items)).toEqual({ page: pageOf(items), turned: true });
});
