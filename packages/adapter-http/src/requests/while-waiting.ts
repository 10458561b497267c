import type { FastifyReply } from 'fastify';

/** Does it with a signal that is cancelled after so many seconds, and when the caller is gone. */
export async function whileWaiting<Result>(
  { raw }: FastifyReply,
  seconds: number,
  work: (until: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const leave = (): void => over.abort();
  const timer = setTimeout(leave, seconds * 1000);
  raw.once('close', leave);
  try {
    return await work(over.signal);
  } finally {
    clearTimeout(timer);
    raw.off('close', leave);
  }
}
