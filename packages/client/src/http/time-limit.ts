import { startTimer } from '../shared/start-timer.ts';
import { ConnectionError } from './problem-error.ts';

/**
 * Runs work until a time limit in ms, if there is one, or until a signal is aborted. Then it rejects with a ConnectionError, or with the reason of the signal, also
 * if the work goes on.
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
    () => controller.abort(new ConnectionError(`There was no answer within ${limitMs} ms.`)),
    limitMs ?? Infinity,
  );
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
