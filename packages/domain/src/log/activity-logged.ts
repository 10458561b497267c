import type { UserActivity } from '../activity/user-activity.ts';

/** Domain event: the service accepted an activity. */
export interface ActivityLogged {
  readonly name: 'ActivityLogged';
  readonly activity: UserActivity;
}

/** Makes the event of an accepted activity. */
export function activityLogged(activity: UserActivity): ActivityLogged {
  return { name: 'ActivityLogged', activity };
}
