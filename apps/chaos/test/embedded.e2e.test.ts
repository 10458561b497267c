import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runKillRounds } from '../src/embedded/run-kill-rounds.ts';

test('after kills of the service, no activity that was answered 202 is lost or stored twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'user-activity-chaos-'));
  const report = await runKillRounds(folder, 4, () => undefined);
  rmSync(folder, { recursive: true });
  expect(report.accepted).toBeGreaterThan(100);
  expect(report.stored).toBeGreaterThanOrEqual(report.accepted);
  const { lost, repeated, foreign, erasures } = report;
  expect({ lost, repeated, foreign, erasures }).toEqual({
    lost: [],
    repeated: [],
    foreign: [],
    erasures: [],
  });
});
