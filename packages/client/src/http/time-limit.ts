import { ConnectionError } from './problem-error.ts';

/** The end of some work. */
interface Limits {
  /** Absent: no time limit. */
  readonly limitMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs work until a time limit, or until a signal is aborted. Then it rejects with a ConnectionError, or with the reason of the signal, also
 * if the work goes on.
 */
export async function withTimeLimit<Result>(
  { limitMs, signal }: Limits,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
  });
  const stop = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const error = (): Error => new ConnectionError(`There was no answer within ${limitMs} ms.`);
  const timer = limitMs === undefined ? undefined : setTimeout(() => controller.abort(error()), limitMs);
  try {
    return await Promise.race([work(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
