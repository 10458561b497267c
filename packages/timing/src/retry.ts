import type { Cancellation } from '@user-activity/domain';
import { backOff } from './back-off.ts';

/** Repeats an attempt, with growing pauses. Returns true when it succeeds, or false if the signal is aborted first. */
export async function retry(attempt: () => Promise<unknown>, signal: Cancellation): Promise<boolean> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      await attempt();
      return true;
    } catch {
      await backOff(failures, signal);
    }
  }
  return false;
}
