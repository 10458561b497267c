import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { breakages } from '../src/breakage/breakages.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const edits = Object.entries(breakages).flatMap(([name, all]) => all.map((edit) => ({ name, ...edit })));

test.each(edits)(
  'the text that the breakage $name replaces occurs exactly once in $file',
  ({ file, find, put }) => {
    expect(readFileSync(join(root, file), 'utf8').split(find)).toHaveLength(2);
    expect(put).not.toBe(find);
  },
);
