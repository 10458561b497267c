import {
  type ActivityId,
  type ActivityOutcome,
  activityLogged,
  type Cancellation,
  type EventPublisher,
  type RecordingDeps,
  type Sender,
  type UserActivity,
} from '@user-activity/domain';
import { errorWithIds } from './error-with-ids.ts';
import type { OutcomeWaiter } from './outcome-waiter.ts';
import { recordDraft } from './record-draft.ts';

interface Deps extends RecordingDeps {
  readonly publisher: EventPublisher;
}

/**
 * Logs one activity from a client's draft. Resolves only after the log holds it; until then the caller must keep it.
 * Throws INVALID_ACTIVITY. Throws LOG_UNAVAILABLE and LOG_BUSY with an id; a sender that sends the draft again with it causes no duplicate.
 */
export type LogActivity = (sender: Sender, draft: unknown) => Promise<ActivityId>;

export const makeLogActivity = (deps: Deps): LogActivity =>
  async function logActivity(sender, draft) {
    return (await recordAndPublish(sender, draft, deps)).id;
  };

/** What is known of a logged activity when the wait for its outcome ends. */
export interface KnownOutcome {
  readonly id: ActivityId;
  readonly status: ActivityOutcome;
}

/**
 * Logs one activity as `logActivity` does, and waits for its outcome. If `until` is aborted first, the status is `accepted`. Throws only what
 * `logActivity` throws.
 */
export type LogAndWait = (sender: Sender, draft: unknown, until: Cancellation) => Promise<KnownOutcome>;

export const makeLogAndWait = (
  deps: Deps & { readonly outcomeWaiter: Pick<OutcomeWaiter, 'outcomeOf'> },
): LogAndWait =>
  async function logAndWait(sender, draft, until) {
    const activity = await recordAndPublish(sender, draft, deps);
    return { id: activity.id, status: await deps.outcomeWaiter.outcomeOf(activity, until) };
  };

async function recordAndPublish(sender: Sender, draft: unknown, deps: Deps): Promise<UserActivity> {
  const { activity, idToRepeat } = recordDraft(sender, draft, deps);
  try {
    await deps.publisher.publish([activityLogged(activity)]);
  } catch (error) {
    throw errorWithIds(error, [idToRepeat]);
  }
  return activity;
}
