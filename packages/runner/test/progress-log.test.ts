import { expect, test } from 'vitest';
import type { Logger } from '../src/index.ts';
import { progressLog } from '../src/progress-log.ts';

test('an expected restart is logged in one line, and a failure with its error', () => {
  const logged: unknown[] = [];
  const warn = (...line: readonly unknown[]) => logged.push(line);
  const { restarted } = progressLog({ warn } as unknown as Logger);
  const failure = new Error('the connection broke');
  restarted('an older copy has replaced the store');
  restarted(failure);
  expect(logged).toEqual([
    ['consumer restarted: an older copy has replaced the store'],
    [{ err: failure }, 'consumer restarted'],
  ]);
});
