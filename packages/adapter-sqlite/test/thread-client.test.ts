import { expect, test } from 'vitest';
import { ThreadClient } from '../src/ports/thread-client.ts';
import type { ReadJobs } from '../src/reader/read-jobs.ts';

const limits = { messages: 2, weight: 1 };
const noThread = (): never => {
  throw new RangeError('There is no memory for a thread.');
};

test('a thread that cannot start fails its jobs, and all later jobs', async () => {
  const client = new ThreadClient<ReadJobs>(noThread, limits);
  client.assertAlive();
  const first = client.submit('ping', undefined, { timeoutMs: 60_000 });
  await expect(first).rejects.toMatchObject({ kind: 'ended' });
  await expect(client.submit('ping', undefined, { timeoutMs: 60_000 })).rejects.toMatchObject({
    kind: 'ended',
  });
  expect(() => client.assertAlive()).toThrow('RangeError');
  await client.close();
});

test('a thread that got no job never starts, and its client rejects jobs once it is closed', async () => {
  for (const end of ['close', 'abandon'] as const) {
    const client = new ThreadClient<ReadJobs>(noThread, limits);
    await client[end]();
    await expect(client.submit('ping', undefined, { timeoutMs: 60_000 })).rejects.toThrow('closed');
  }
});
