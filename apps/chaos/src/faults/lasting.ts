import { setTimeout as delay } from 'node:timers/promises';
import type { Mend } from '@user-activity/test-kit';

/** Waits while something is broken, then mends it in any case. */
export async function lasting(ms: number, ...mends: readonly Mend[]): Promise<void> {
  try {
    await delay(ms);
  } finally {
    for (const mend of mends) mend();
  }
}
