import { UserActivity } from '../activity/user-activity.ts';
import { isDomainError } from '../shared/domain-error.ts';
import { parseJson } from '../shared/parse-json.ts';
import { reasonOf } from '../shared/violation.ts';
import { activityLogged } from './activity-logged.ts';
import type { RecordContent, Unreadable } from './log-record.ts';

/** Makes unreadable content. The reason may name a field, never a value. */
export const unreadable = (reason: string): Unreadable => ({ name: 'Unreadable', reason });

/** Reads the JSON of an activity from a record. Never throws on bad input: anyone may have written the record. */
export function recordContent(text: string): RecordContent {
  try {
    return activityLogged(UserActivity.parse(parseJson(text)));
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable('it is not JSON');
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return unreadable(reasonOf(error.violations));
  }
}
