import { ProjectId } from '../activity/project-id.ts';
import { projectOfMembers } from '../activity/project-of-members.ts';
import { UserActivity } from '../activity/user-activity.ts';
import { isDomainError } from '../shared/domain-error.ts';
import { isPlainObject } from '../shared/json.ts';
import { parseJson } from '../shared/parse-json.ts';
import { reasonOf, unlessBroken } from '../shared/violation.ts';
import { erasureRequested, UserErasure } from '../erasure/user-erasure.ts';
import { activityLogged } from './activity-logged.ts';
import { hasErasureType } from './event-headers.ts';
import type { LogEvent } from './log-event.ts';
import type { RawRecord, RecordContent, Unreadable } from './log-record.ts';
import { parsePlainActivity } from './parse-plain-activity.ts';

/** Returns the content of a record that can't be read. The reason may name a field, but never contains a value. */
export const unreadable = (reason: string, project: ProjectId): Unreadable => ({
  name: 'Unreadable',
  project,
  reason,
});

/**
 * Parses the value of a record that should be the JSON of an activity. Returns `Unreadable` for bad input instead of throwing, because anyone
 * may have written the record. `named` is the project that the record's headers name. If it is passed, the value must name the same project.
 */
export function recordContent(text: string, named?: ProjectId): RecordContent {
  const activity = parsePlainActivity(text);
  if (activity !== undefined && (named === undefined || activity.project === named))
    return activityLogged(activity);
  return checkedContent(text, named);
}

/** Does the same as `recordContent`, but without the fast path of `parsePlainActivity`. */
export const checkedContent = (text: string, named?: ProjectId): RecordContent =>
  contentBy((json) => activityLogged(UserActivity.parse(json)), text, named);

/** Parses the value of a record that should be the JSON of a requested erasure. Otherwise the same as `recordContent`. */
export const erasureContent = (text: string, named?: ProjectId): RecordContent =>
  contentBy((json) => erasureRequested(UserErasure.parse(json)), text, named);

/** Parses the value of a record whose headers `headersOfEvent` made. The headers tell whether it is an activity or an erasure. */
export const eventContent = (text: string, headers: RawRecord['headers']): RecordContent =>
  hasErasureType(headers) ? erasureContent(text) : recordContent(text);

function contentBy(
  parse: (json: unknown) => LogEvent,
  text: string,
  named: ProjectId | undefined,
): RecordContent {
  const headerProject = named ?? ProjectId.default;
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable('the value is not JSON', headerProject);
    throw error;
  }
  // Only an object can name a project.
  const project = isPlainObject(json) ? projectIn(json) : headerProject;
  if (project !== undefined && named !== undefined && project !== named)
    return unreadable('the value and the headers name different projects', ProjectId.system);
  try {
    return parse(json);
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return unreadable(reasonOf(error.violations), project ?? ProjectId.system);
  }
}

const projectIn = (members: Readonly<Record<string, unknown>>): ProjectId | undefined =>
  unlessBroken(() => projectOfMembers(members));
