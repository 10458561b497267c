import type { ApiUseCases } from '@user-activity/application';
import { DomainError } from '@user-activity/domain';
import { expect, test, vi } from 'vitest';
import { sweepProjectsRegularly } from '../src/sweep-projects-regularly.ts';

const nothing = { expired: 0, erased: 0, forgotten: 0, letters: 0, more: false };
const loggers = () => ({ info: vi.fn<() => void>(), warn: vi.fn<() => void>() });

const measureStorage: ApiUseCases['measureStorage'] = async () => ({ more: false });

/** Runs the loop until all answers are given. Returns the reasons of the sweeps and the lines that were logged. */
async function run(
  answers: readonly (() => ReturnType<ApiUseCases['sweepProjects']>)[],
  pauses: { tickMs: number; firstRoundMs: number; roundMs: number },
) {
  const over = new AbortController();
  const logger = loggers();
  const reasons: string[] = [];
  const sweepProjects: ApiUseCases['sweepProjects'] = (reason) => {
    reasons.push(reason);
    const answer = answers[reasons.length - 1];
    if (reasons.length === answers.length) over.abort();
    if (answer === undefined) throw new Error('It sweeps after it was cancelled.');
    return answer();
  };
  const refreshProjects = async (): Promise<void> => undefined;
  await sweepProjectsRegularly(
    { sweepProjects, refreshProjects, measureStorage },
    logger,
    over.signal,
    pauses,
  );
  return { reasons, logger };
}

test('sweeps erased data at each tick, and old activities when a round is due', async () => {
  const answers = Array.from({ length: 4 }, () => async () => nothing);
  expect(await run(answers, { tickMs: 1, firstRoundMs: 3_600_000, roundMs: 3_600_000 })).toMatchObject({
    reasons: ['schedule', 'erasure', 'erasure', 'erasure'],
  });
  expect(await run(answers, { tickMs: 1, firstRoundMs: 0, roundMs: 3_600_000 })).toMatchObject({
    reasons: ['schedule', 'schedule', 'erasure', 'erasure'],
  });
});

test('begins the next sweep at once while there is more to remove', async () => {
  const answers = [async () => ({ ...nothing, more: true }), async () => nothing];
  const { reasons } = await run(answers, { tickMs: 3_600_000, firstRoundMs: 3_600_000, roundMs: 3_600_000 });
  expect(reasons).toEqual(['schedule', 'erasure']);
});

test('reads the settings at each tick, even while a sweep takes long or fails', async () => {
  for (const end of [
    async () => nothing,
    () => Promise.reject(new DomainError('STORE_UNAVAILABLE', 'gone')),
  ]) {
    const over = new AbortController();
    const isLong = Promise.withResolvers<void>();
    let refreshes = 0;
    const refreshProjects = async (): Promise<void> => {
      refreshes += 1;
      if (refreshes === 3) isLong.resolve();
    };
    const sweepProjects = async () => {
      await isLong.promise;
      over.abort();
      return end();
    };
    await sweepProjectsRegularly({ refreshProjects, sweepProjects, measureStorage }, loggers(), over.signal, {
      tickMs: 1,
      firstRoundMs: 0,
      roundMs: 0,
    });
    expect(refreshes).toBeGreaterThanOrEqual(3);
  }
});

test('measures at each tick, at once while there is more, and again after an outage', async () => {
  for (const [tickMs, answers] of [
    [3_600_000, [async () => ({ more: true }), async () => ({ more: false })]],
    [1, [() => Promise.reject(new DomainError('STORE_TIMEOUT', 'slow')), async () => ({ more: false })]],
  ] as const) {
    const over = new AbortController();
    const logger = loggers();
    let calls = 0;
    const useCases = {
      refreshProjects: async () => undefined,
      sweepProjects: async () => nothing,
      measureStorage() {
        const answer = answers[calls] ?? answers[1];
        calls += 1;
        if (calls === 2) over.abort();
        return answer();
      },
    };
    await sweepProjectsRegularly(useCases, logger, over.signal, { tickMs, firstRoundMs: 0, roundMs: 0 });
    expect(calls).toBe(2);
    expect(logger.warn).toHaveBeenCalledTimes(tickMs === 1 ? 1 : 0);
  }
});

test('an outage is logged once and retried, and removals are logged', async () => {
  const outage = () => Promise.reject(new DomainError('STORE_UNAVAILABLE', 'gone'));
  const removed = async () => ({ expired: 2, erased: 3, forgotten: 4, letters: 1, more: false });
  const answers = [outage, outage, removed, async () => 'under way' as const, outage, outage];
  const { reasons, logger } = await run(answers, { tickMs: 1, firstRoundMs: 3_600_000, roundMs: 3_600_000 });
  expect(reasons).toEqual(['schedule', 'schedule', 'schedule', 'erasure', 'erasure', 'erasure']);
  // The last failure comes after the cancellation and is not logged, because the cancellation may be its cause.
  expect(logger.warn.mock.calls).toEqual([
    [{ code: 'STORE_UNAVAILABLE', reason: 'gone' }, expect.any(String)],
    [{ code: 'STORE_UNAVAILABLE', reason: 'gone' }, expect.any(String)],
  ]);
  expect(logger.info.mock.calls).toEqual([
    [{ expired: 2 }, expect.any(String)],
    [{ erased: 3, forgotten: 4, letters: 1 }, expect.any(String)],
  ]);
});

test('an unexpected error ends the loop', async () => {
  const bug = new TypeError('x');
  const useCases = {
    refreshProjects: () => Promise.reject(bug),
    sweepProjects: async () => nothing,
    measureStorage,
  };
  await expect(sweepProjectsRegularly(useCases, loggers(), new AbortController().signal)).rejects.toBe(bug);
});
