import type { UserActivity } from '../activity/user-activity.ts';

/** Domain event: the service took an activity in. This is what the log carries. */
export interface ActivityLogged {
  readonly name: 'ActivityLogged';
  readonly activity: UserActivity;
}

/** The event that an activity gives rise to. */
export function activityLogged(activity: UserActivity): ActivityLogged {
  return { name: 'ActivityLogged', activity };
}
