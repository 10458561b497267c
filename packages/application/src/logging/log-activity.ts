import {
  type ActivityId,
  activityLogged,
  type EventPublisher,
  type RecordingDeps,
  UserActivity,
} from '@user-activity/domain';
import { withIdsOnError } from './with-ids-on-error.ts';

/**
 * Logs one activity from a client's draft. Resolves only after the log holds it; until then the caller must keep it.
 * Throws INVALID_ACTIVITY, and LOG_UNAVAILABLE and LOG_BUSY with the id: sending the draft again with this id is safe.
 */
export type LogActivity = (draft: unknown) => Promise<ActivityId>;

export const makeLogActivity = (deps: RecordingDeps & { readonly publisher: EventPublisher }): LogActivity =>
  async function logActivity(draft) {
    const activity = UserActivity.record(draft, deps);
    await withIdsOnError([activity.id], () => deps.publisher.publish([activityLogged(activity)]));
    return activity.id;
  };
