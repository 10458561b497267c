import type { WaitingRoom } from '@user-activity/application';
import { meter } from './meter.ts';

/** Returns the same room, and measures how many requests wait in it. */
export function measuredWaiting(room: WaitingRoom): WaitingRoom {
  const gauge = (name: string, description: string, value: () => number): void =>
    meter()
      .createObservableGauge(`user_activity.waiting.${name}`, { unit: '{request}', description })
      .addCallback((result) => result.observe(value()));
  gauge('requests', 'Requests waiting for the outcome of their activity', () => room.waiting);
  gauge('requests_limit', 'Maximum number of waiting requests; others are answered at once', () => room.most);
  return room;
}
