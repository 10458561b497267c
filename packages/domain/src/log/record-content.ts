import { UserActivity } from '../activity/user-activity.ts';
import { isDomainError } from '../shared/domain-error.ts';
import { parseJson } from '../shared/parse-json.ts';
import { reasonOf } from '../shared/violation.ts';
import { activityLogged } from './activity-logged.ts';
import type { RecordContent, Unreadable } from './log-record.ts';

/** Content that nobody can make an event of, and why; the reason may name a field, never its value. */
export const unreadable = (reason: string): Unreadable => ({ name: 'Unreadable', reason });

/** What a record says whose value is the JSON of an activity. Never throws: anyone may have written it. */
export function recordContent(text: string): RecordContent {
  try {
    return activityLogged(UserActivity.parse(parseJson(text)));
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable('it is not JSON');
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return unreadable(reasonOf(error.violations));
  }
}
