import type { ApiUseCases } from '@user-activity/application';
import { DomainError } from '@user-activity/domain';
import { expect, test, vi } from 'vitest';
import { sweepRegularly } from '../src/sweep-regularly.ts';

const loggers = () => ({ info: vi.fn<() => void>(), warn: vi.fn<() => void>() });

test('sweeps at once and repeatedly until it is cancelled, even if one sweep fails', async () => {
  const over = new AbortController();
  const logger = loggers();
  const answers = [
    () => Promise.reject(new DomainError('STORE_UNAVAILABLE', 'gone')),
    () => Promise.resolve({ expired: 0, evicted: 0, edgeBytes: 0 }),
    () => Promise.resolve({ expired: 2, evicted: 3, edgeBytes: 0 }),
  ];
  const reasons: string[] = [];
  const sweep: ApiUseCases['sweepDeadLetters'] = (reason) => {
    reasons.push(reason);
    const answer = answers[reasons.length - 1];
    if (reasons.length === answers.length) over.abort();
    if (answer === undefined) throw new Error('It sweeps after it was cancelled.');
    return answer();
  };
  await sweepRegularly(sweep, logger, over.signal, { firstPauseMs: 1, pauseMs: 1 });
  expect(reasons).toEqual(['schedule', 'schedule', 'schedule']);
  expect(logger.info.mock.calls).toEqual([[{ expired: 2 }, expect.any(String)]]);
  expect(logger.warn.mock.calls).toEqual([
    [{ code: 'STORE_UNAVAILABLE' }, expect.any(String)],
    [{ evicted: 3 }, expect.any(String)],
  ]);
});

test('sweeps a second time soon after the first, and then at longer intervals', async () => {
  const over = new AbortController();
  let sweeps = 0;
  const sweep: ApiUseCases['sweepDeadLetters'] = async () => {
    sweeps += 1;
    return { expired: 0, evicted: 0, edgeBytes: 0 };
  };
  const end = sweepRegularly(sweep, loggers(), over.signal, { firstPauseMs: 1, pauseMs: 3_600_000 });
  await expect.poll(() => sweeps).toBe(2);
  over.abort();
  await end;
  expect(sweeps).toBe(2);
});

test('an unexpected error ends the sweeps', async () => {
  const bug = new TypeError('x');
  const failing = () => Promise.reject(bug);
  await expect(sweepRegularly(failing, loggers(), new AbortController().signal)).rejects.toBe(bug);
});
