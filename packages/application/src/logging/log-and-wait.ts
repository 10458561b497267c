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

/** What is known of an activity that was taken in. */
export interface KnownOutcome {
  readonly id: ActivityId;
  readonly status: ActivityOutcome;
}

/**
 * Takes one activity in as `logActivity` does, and waits for what becomes of it, until it is cancelled. Rejects as that does;
 * once the log holds it there is an answer, `accepted` where nothing else is known by then.
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
