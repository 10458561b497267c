import { startTimer } from '../shared/start-timer.ts';
import { ConnectionError } from './problem-error.ts';

/**
 * Runs `work` with a time limit in ms. `undefined` means no limit. Rejects with ConnectionError when the limit passes, and with the reason
 * of `signal` when that is aborted. In both cases it aborts the signal that `work` got, and does not wait until `work` ends.
 */
export async function withTimeLimit<Result>(
  limitMs: number | undefined,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
  });
  const stop = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const timer = startTimer(
    () => controller.abort(new ConnectionError(`No answer within ${limitMs} ms.`)),
    limitMs ?? Infinity,
  );
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
