class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Resolves or rejects with the work. Rejects with a TimeoutError if the work takes longer; the work itself goes on. */
export async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TimeoutError(`No answer within ${ms} ms.`)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until the work settles, but not longer than the limit. Returns whether it settled; its result or failure is dropped. */
export const settlesWithin = (ms: number, work: Promise<unknown>): Promise<boolean> =>
  within(ms, Promise.allSettled([work])).then(
    () => true,
    () => false,
  );
