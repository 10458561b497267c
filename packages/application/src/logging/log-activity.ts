import {
  type ActivityId,
  activityLogged,
  type EventPublisher,
  type RecordingDeps,
  UserActivity,
} from '@user-activity/domain';
import { withIdsOnError } from './with-ids-on-error.ts';

/**
 * Takes one activity in, a draft as a client wrote it. Resolves only after the log holds it; until then the caller still
 * owns it. Throws INVALID_ACTIVITY; LOG_UNAVAILABLE and LOG_BUSY, with the id under which to send it again.
 */
export type LogActivity = (draft: unknown) => Promise<ActivityId>;

export const makeLogActivity = (deps: RecordingDeps & { readonly publisher: EventPublisher }): LogActivity =>
  async function logActivity(draft) {
    const activity = UserActivity.record(draft, deps);
    await withIdsOnError([activity.id], () => deps.publisher.publish([activityLogged(activity)]));
    return activity.id;
  };
