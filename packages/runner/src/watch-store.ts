import { setTimeout as delay } from 'node:timers/promises';
import type { StoringUseCases } from '@user-activity/application';
import type { RestartingConsumer } from './restarting-consumer.ts';

/**
 * Checks at intervals whether an older copy has replaced the store. If one has, restarts the consumer, because a new group member asks the
 * store where to continue. Ends when the signal is aborted.
 */
export async function watchStore(
  consumer: Pick<RestartingConsumer, 'restart'>,
  noticeRestoredStore: StoringUseCases['noticeRestoredStore'],
  intervalMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await delay(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    if (await noticeRestoredStore()) consumer.restart('an older copy has replaced the store');
  }
}
