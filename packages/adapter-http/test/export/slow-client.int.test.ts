import { randomBytes } from 'node:crypto';
import { sampleActivity } from '@user-activity/port-contracts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { exportSlots } from '../../src/export/export-slots.ts';
import { measureBytes, until } from '../bytes-held.ts';
import { listen } from '../feed/stream-client.ts';
import { service } from '../service.ts';
import { ExportClient, watchQueries } from './exporting.ts';

const held = measureBytes();

// Runs before the metrics are stopped, because that needs real timers.
afterEach(() => void vi.useRealTimers());

describe('a client that reads nothing', () => {
  // More than the kernel buffers for a connection that nobody reads.
  const fill = randomBytes(22_500).toString('base64');
  const maxPageBytes = 4 * 1024 * 1024;

  test.each([
    ['ndjson', 'identity'],
    ['csv', 'identity'],
    ['ndjson', 'gzip'],
  ])('is cut off after 30 s, and holds one page at most (%s, %s)', async (format, encoding) => {
    const it = await service();
    await it.repository.save(Array.from({ length: 800 }, () => sampleActivity({ metadata: { fill } })));
    const url = `${await listen(it)}/api/logs/export?format=${format}`;
    const queries = watchQueries(it);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const stalled = await ExportClient.connect(url, { 'accept-encoding': encoding });
    let maxHeld = 0;
    await until(async () => {
      maxHeld = Math.max(maxHeld, await held());
      await vi.advanceTimersByTimeAsync(1000);
      return exportSlots.taken === 0;
    });
    expect(maxHeld).toBeGreaterThan(1_000_000);
    expect(maxHeld).toBeLessThanOrEqual(1.1 * maxPageBytes);
    await until(async () => (await held()) === 0);
    const read = queries();
    await stalled.readAll();
    expect(stalled.isComplete).toBe(false);
    expect(queries()).toBe(read);
    // The store has more than eight pages, so not all of them were read.
    expect(read).toBeLessThan(8);
  });
});
