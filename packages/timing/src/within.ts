class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Settles as `work` does. Rejects with a TimeoutError if `work` takes longer than `ms`, and does not stop it. */
export async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new TimeoutError(`No answer within ${ms} ms.`)), ms);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns whether `work` settles within `ms`. Never rejects. */
export const settlesWithin = (ms: number, work: Promise<unknown>): Promise<boolean> =>
  within(ms, Promise.allSettled([work])).then(
    () => true,
    () => false,
  );
