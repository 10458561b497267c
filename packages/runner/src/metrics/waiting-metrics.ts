import type { WaitingRoom } from '@user-activity/application';
import { meter } from './meter.ts';

/** The same room, with those in it counted. */
export function measuredWaiting(room: WaitingRoom): WaitingRoom {
  const gauge = (name: string, description: string, value: () => number): void =>
    meter()
      .createObservableGauge(`user_activity.waiting.${name}`, { unit: '{request}', description })
      .addCallback((result) => result.observe(value()));
  gauge('requests', 'Requests that wait for what becomes of their activity', () => room.waiting);
  gauge('requests_limit', 'As many may wait; more are answered at once', () => room.most);
  return room;
}
