import { Actor } from '../access/actor.ts';
import { ProjectId } from './project-id.ts';

/**
 * Returns the project of an activity on the log from the members of its JSON. `_system` is allowed only if the user is an `Actor`, as in the
 * service's own audit events. Throws RuleBroken if the member `project` breaks a rule.
 */
export const projectOfMembers = (members: Readonly<Record<string, unknown>>): ProjectId =>
  members['project'] === ProjectId.system && Actor.is(members['userId'])
    ? ProjectId.system
    : ProjectId.recorded(members['project']);
