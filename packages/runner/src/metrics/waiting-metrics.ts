import type { OutcomeWaiter } from '@user-activity/application';
import { meter } from './meter.ts';

/** Returns the waiter, and measures how many requests wait. */
export function measuredWaiting(waiter: OutcomeWaiter): OutcomeWaiter {
  const gauge = (name: string, description: string, value: () => number): void =>
    meter()
      .createObservableGauge(`user_activity.waiting.${name}`, { unit: '{request}', description })
      .addCallback((result) => result.observe(value()));
  gauge('requests', 'Requests waiting for the outcome of their activity', () => waiter.waiting);
  gauge(
    'requests_limit',
    'Maximum number of waiting requests; others are answered at once',
    () => waiter.max,
  );
  return waiter;
}
