import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../src/layout.ts';
import { longFiles } from '../src/longest-first.ts';

test('the test files that are started first exist', () => {
  expect(longFiles.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
