import {
  type ActivityId,
  type ActivityOutcome,
  activityLogged,
  type Cancellation,
  type EventPublisher,
  type RecordingDeps,
  UserActivity,
} from '@user-activity/domain';
import { withIdsOnError } from './with-ids-on-error.ts';
import type { OutcomeWaiter } from './outcome-waiter.ts';

/** The known outcome of a logged activity. */
export interface KnownOutcome {
  readonly id: ActivityId;
  readonly status: ActivityOutcome;
}

/**
 * Logs one activity as `logActivity` does, and waits for its outcome until cancelled. Throws only what `logActivity` throws.
 * The status is `accepted` if no outcome is known when the wait ends.
 */
export type LogAndWait = (draft: unknown, until: Cancellation) => Promise<KnownOutcome>;

export const makeLogAndWait = (
  deps: RecordingDeps & {
    readonly publisher: EventPublisher;
    readonly outcomeWaiter: Pick<OutcomeWaiter, 'outcomeOf'>;
  },
): LogAndWait =>
  async function logAndWait(draft, until) {
    const activity = UserActivity.record(draft, deps);
    await withIdsOnError([activity.id], () => deps.publisher.publish([activityLogged(activity)]));
    return { id: activity.id, status: await deps.outcomeWaiter.outcomeOf(activity, until) };
  };
