import type { Brand } from '../shared/brand.ts';
import { ActivityId } from './activity-id.ts';
import { ProjectId } from './project-id.ts';

/** Names one activity in a deployment: an id is unique only within its project. */
export interface ActivityKey {
  readonly project: ProjectId;
  readonly id: ActivityId;
}

/**
 * An `ActivityKey` as text, the primary key of stores: the id alone in the project `default`, otherwise `<project> <id>`. An id has no
 * space. The keys of a project sort by id.
 */
export type ActivityKeyText = Brand<string, 'ActivityKeyText'>;

export const ActivityKeyText = {
  of: ({ project, id }: ActivityKey): ActivityKeyText =>
    ActivityKeyText.trusted(project === ProjectId.default ? id : `${project} ${id}`),
  /** Takes a key from our own store, without checks. */
  trusted: (raw: string): ActivityKeyText => raw as ActivityKeyText,
  /** Returns the id in a key. */
  idOf: (key: ActivityKeyText): ActivityId => ActivityId.trusted(key.slice(key.indexOf(' ') + 1)),
};
