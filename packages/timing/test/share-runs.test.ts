import { expect, test } from 'vitest';
import { shareRuns } from '../src/index.ts';

/** Runs that end when the test says so. */
function heldRuns() {
  const runs: (PromiseWithResolvers<number> & { readonly key: string })[] = [];
  const share = shareRuns((key) => {
    const run = { ...Promise.withResolvers<number>(), key };
    runs.push(run);
    return run.promise;
  });
  return { runs, share };
}

test('calls during a run share the next one, which begins after its end', async () => {
  const { runs, share } = heldRuns();
  const first = share('a');
  const others = [share('a'), share('a')];
  expect(runs).toHaveLength(1);
  runs[0]?.resolve(1);
  await expect(first).resolves.toBe(1);
  await expect.poll(() => runs.length).toBe(2);
  const latest = share('a');
  runs[1]?.resolve(2);
  await expect(Promise.all(others)).resolves.toEqual([2, 2]);
  await expect.poll(() => runs.length).toBe(3);
  runs[2]?.resolve(3);
  await expect(latest).resolves.toBe(3);
});

test('a run after the end of all others begins at once', async () => {
  const { runs, share } = heldRuns();
  const first = share('a');
  runs[0]?.resolve(1);
  await first;
  void share('a');
  expect(runs).toHaveLength(2);
});

test('calls with different keys share nothing', () => {
  const { runs, share } = heldRuns();
  void share('a');
  void share('b');
  expect(runs.map(({ key }) => key)).toEqual(['a', 'b']);
});

test('a run that fails fails its own calls only', async () => {
  const { runs, share } = heldRuns();
  const first = share('a');
  const second = share('a');
  runs[0]?.reject(new Error('down'));
  await expect(first).rejects.toThrow('down');
  await expect.poll(() => runs.length).toBe(2);
  runs[1]?.resolve(2);
  await expect(second).resolves.toBe(2);
});
