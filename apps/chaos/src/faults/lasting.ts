import { setTimeout as delay } from 'node:timers/promises';
import type { Mend } from '@user-activity/test-kit';

/** Lets something be broken for a while, and mends it whatever happens. */
export async function lasting(ms: number, ...mends: readonly Mend[]): Promise<void> {
  try {
    await delay(ms);
  } finally {
    for (const mend of mends) mend();
  }
}
