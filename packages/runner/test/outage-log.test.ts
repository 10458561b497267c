import { expect, test } from 'vitest';
import { outageLog } from '../src/outage-log.ts';
import type { Logger } from '../src/index.ts';

test('an outage is logged when it begins, each time its failures have doubled, and when it is over', () => {
  const logged: unknown[] = [];
  const line = ({ failures }: { failures: number }) => logged.push(failures);
  const { failed, recovered } = outageLog({ warn: line, info: line } as unknown as Logger);
  for (let failures = 1; failures <= 20; failures += 1) failed(new Error('down'), failures);
  recovered(20);
  expect(logged).toEqual([1, 2, 4, 8, 16, 20]);
});
