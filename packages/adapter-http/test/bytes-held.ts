import { setImmediate as nextTurn } from 'node:timers/promises';
import { MemoryMetrics } from '@user-activity/adapter-memory';
import { afterEach, beforeEach } from 'vitest';

/** Records the metrics of the service in each test of a file. Returns a function that reads a gauge of the HTTP server. */
export function measureBytes(): (gauge?: string) => Promise<number> {
  let metrics: MemoryMetrics;
  beforeEach(() => {
    metrics = new MemoryMetrics();
  });
  afterEach(() => metrics.stop());
  return async (gauge = 'bytes_in_flight') =>
    (await metrics.read(`user_activity.http.${gauge}`))[0]?.value ?? 0;
}

/** Resolves once the condition is true. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await nextTurn();
}
