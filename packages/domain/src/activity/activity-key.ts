import type { Brand } from '../shared/brand.ts';
import { ActivityId } from './activity-id.ts';
import { ProjectId } from './project-id.ts';

/** Identifies one activity in a deployment. The id alone does not, because it is unique only within its project. */
export interface ActivityKey {
  readonly project: ProjectId;
  readonly id: ActivityId;
}

/**
 * An `ActivityKey` as text, the primary key of stores: the id alone in the project `default`, otherwise `<project> <id>`. The space is a
 * safe separator, because no id has one. The keys of one project sort by id.
 */
export type ActivityKeyText = Brand<string, 'ActivityKeyText'>;

export const ActivityKeyText = {
  /** Returns a key as text. */
  of: ({ project, id }: ActivityKey): ActivityKeyText =>
    ActivityKeyText.trusted(project === ProjectId.default ? id : `${project} ${id}`),
  /** Converts a string from our own store to a key, without validation. */
  trusted: (raw: string): ActivityKeyText => raw as ActivityKeyText,
  /** Returns the id in a key. */
  idOf: (key: ActivityKeyText): ActivityId => ActivityId.trusted(key.slice(key.indexOf(' ') + 1)),
};
