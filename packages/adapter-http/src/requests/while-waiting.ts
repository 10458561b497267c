import type { FastifyReply } from 'fastify';

/** Runs `work` with a signal that aborts after so many seconds, or when the connection closes. */
export async function whileWaiting<Result>(
  { raw }: FastifyReply,
  seconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, seconds * 1000);
  raw.once('close', abort);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    raw.off('close', abort);
  }
}
