import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('every failure of a test, hook, file or check is counted, and every unhandled rejection', () => {
  const script = join(import.meta.dirname, 'fixtures', 'tally', 'count.ts');
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({
    // A check, a test, and the test whose rejection was unhandled.
    passed: 3,
    // A check, a test, a hook, a file, a rejection.
    failed: 5,
    // A skipped test, a to-do, and the test whose hook failed.
    skipped: 3,
  });
});
