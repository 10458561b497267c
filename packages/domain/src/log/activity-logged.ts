import type { UserActivity } from '../activity/user-activity.ts';

/** Domain event: the service accepted an activity. */
export interface ActivityLogged {
  readonly name: 'ActivityLogged';
  readonly activity: UserActivity;
}

export function activityLogged(activity: UserActivity): ActivityLogged {
  return { name: 'ActivityLogged', activity };
}
