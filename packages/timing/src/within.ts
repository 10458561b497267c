class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Settles as `work` does, but rejects with a TimeoutError if that takes longer than `ms` milliseconds. Does not stop the work. */
export async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new TimeoutError(`No answer within ${ms} ms.`)), ms);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until `work` settles, but at most `ms` milliseconds. Returns whether it settled in time. Never rejects. */
export const settlesWithin = (ms: number, work: Promise<unknown>): Promise<boolean> =>
  within(ms, Promise.allSettled([work])).then(
    () => true,
    () => false,
  );
