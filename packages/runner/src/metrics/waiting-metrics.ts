import type { OutcomeWaiter } from '@user-activity/application';
import { gauge } from './meter.ts';

/** Measures how many requests wait for the outcome of their activity. Returns the waiter itself. */
export function measureWaiter(waiter: OutcomeWaiter): OutcomeWaiter {
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
