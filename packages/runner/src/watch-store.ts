import { setTimeout as delay } from 'node:timers/promises';
import type { StoringUseCases } from '@user-activity/application';
import type { RestartingConsumer } from './restarting-consumer.ts';

/**
 * Checks at intervals whether an older copy has replaced the store, until the signal is aborted. If so, restarts the consumer, because a new
 * group member asks the store where to continue.
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
