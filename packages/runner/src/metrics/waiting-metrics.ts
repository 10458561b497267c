import type { OutcomeWaiter } from '@user-activity/application';
import { gauge } from './meter.ts';

/** Returns the waiter, and measures the number of requests that wait in it. */
export function measuredWaiting(waiter: OutcomeWaiter): OutcomeWaiter {
  gauge(
    'user_activity.waiting.requests',
    '{request}',
    'Requests waiting for the outcome of their activity',
    () => waiter.waiting,
  );
  gauge(
    'user_activity.waiting.requests_limit',
    '{request}',
    'Maximum number of waiting requests; others are answered at once',
    () => waiter.max,
  );
  return waiter;
}
