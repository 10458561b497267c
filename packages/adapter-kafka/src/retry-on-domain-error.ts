import { type Cancellation, isDomainError } from '@user-activity/domain';
import { backOff } from '@user-activity/timing';

/** Thrown if the member of the consumer group must stop. `cause` is the reason. */
export class ResumeRefused extends Error {
  override readonly name = 'ResumeRefused';
}

/**
 * Retries the work while it rejects with a DomainError. Rejects with ResumeRefused if the work rejects with any other error. Resolves with
 * undefined if it is cancelled. The work may then still run, and its result is dropped.
 */
export async function retryOnDomainError<Result>(
  work: () => Promise<Result>,
  signal: Cancellation,
): Promise<Result | undefined> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      return await unlessCancelled(work(), signal);
    } catch (cause) {
      if (cause instanceof ResumeRefused) throw cause;
      if (!isDomainError(cause)) throw new ResumeRefused('The member must not continue.', { cause });
      await backOff(failures, signal);
    }
  }
  return undefined;
}

async function unlessCancelled<Result>(
  work: Promise<Result>,
  signal: Cancellation,
): Promise<Result | undefined> {
  const cancelled = Promise.withResolvers<undefined>();
  const onAbort = (): void => cancelled.resolve(undefined);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, cancelled.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
