import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('everything that went wrong counts as failed: tests, hooks, files, stray rejections and checks', () => {
  const script = join(import.meta.dirname, 'fixtures', 'tally', 'count.ts');
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({
    // A check, a test, and the one whose rejection came to light outside of it.
    passed: 3,
    // A check, a test, a hook, a file, a rejection.
    failed: 5,
    // Skipped, to do, and the one whose hook failed.
    skipped: 3,
  });
});
