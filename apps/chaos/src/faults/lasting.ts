import { setTimeout as delay } from 'node:timers/promises';
import type { EndFault } from '@user-activity/test-kit';

/** Waits while faults last, then ends all of them, even if the wait fails. */
export async function lasting(ms: number, ...endFaults: readonly EndFault[]): Promise<void> {
  try {
    await delay(ms);
  } finally {
    for (const endFault of endFaults) endFault();
  }
}
