import { ProjectId } from '../activity/project-id.ts';
import { recordedProject } from '../activity/recorded-project.ts';
import { UserActivity } from '../activity/user-activity.ts';
import { isDomainError } from '../shared/domain-error.ts';
import { isPlainObject } from '../shared/json.ts';
import { parseJson } from '../shared/parse-json.ts';
import { reasonOf, unlessBroken } from '../shared/violation.ts';
import { erasureRequested, UserErasure } from '../erasure/user-erasure.ts';
import { activityLogged } from './activity-logged.ts';
import { areOfErasure } from './event-headers.ts';
import type { LogEvent } from './log-event.ts';
import type { RawRecord, RecordContent, Unreadable } from './log-record.ts';
import { plainActivity } from './plain-activity.ts';

/** Makes unreadable content. The reason may name a field, never a value. */
export const unreadable = (reason: string, project: ProjectId): Unreadable => ({
  name: 'Unreadable',
  project,
  reason,
});

/**
 * Reads the JSON of an activity from a record. Never throws on bad input: anyone may have written the record. If `named` is the project
 * in the record's headers, the value must name the same.
 */
export function recordContent(text: string, named?: ProjectId): RecordContent {
  const activity = plainActivity(text);
  if (activity !== undefined && (named === undefined || activity.project === named))
    return activityLogged(activity);
  return checkedContent(text, named);
}

/** Reads the JSON of an activity by the full rules, which name each violation. */
export const checkedContent = (text: string, named?: ProjectId): RecordContent =>
  contentBy((json) => activityLogged(UserActivity.parse(json)), text, named);

/** Reads the JSON of a requested erasure from a record, as `recordContent` reads that of an activity. */
export const erasureContent = (text: string, named?: ProjectId): RecordContent =>
  contentBy((json) => erasureRequested(UserErasure.parse(json)), text, named);

/** Reads the JSON of an event from a record whose headers `headersOfEvent` made. */
export const eventContent = (text: string, headers: RawRecord['headers']): RecordContent =>
  areOfErasure(headers) ? erasureContent(text) : recordContent(text);

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
    if (error instanceof SyntaxError) return unreadable('it is not JSON', headerProject);
    throw error;
  }
  // A value that is no object has no members, so it cannot name a project.
  const project = isPlainObject(json) ? projectIn(json) : headerProject;
  if (project !== undefined && named !== undefined && project !== named)
    return unreadable('its value and its headers name different projects', ProjectId.system);
  try {
    return parse(json);
  } catch (error) {
    if (!isDomainError(error, 'INVALID_ACTIVITY')) throw error;
    return unreadable(reasonOf(error.violations), project ?? ProjectId.system);
  }
}

const projectIn = (members: Readonly<Record<string, unknown>>): ProjectId | undefined =>
  unlessBroken(() => recordedProject(members));
