import { setTimeout as delay } from 'node:timers/promises';
import type { Mend } from '@user-activity/test-servers';

/** Lets something be broken for a while, and mends it whatever happens. */
export async function lasting(ms: number, ...mends: readonly Mend[]): Promise<void> {
  try {
    await delay(ms);
  } finally {
    for (const mend of mends) mend();
  }
}

/** The one that a number chooses. */
export function chosen<One>(of: readonly One[], choice: number): One {
  const one = of[choice % of.length];
  if (one === undefined) throw new Error('There is nothing to choose from.');
  return one;
}
