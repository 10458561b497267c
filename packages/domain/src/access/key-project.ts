import { ProjectId } from '../activity/project-id.ts';

/** The project of a key, or `*`: then it belongs to an operator, who may name any project. */
export type KeyProject = ProjectId | '*';

export const KeyProject = {
  operator: '*' as const,
  /** Parses the project of a new key. Throws RuleBroken if it is neither `*` nor the name of a project to which clients may write. */
  parse: (raw: unknown): KeyProject => (raw === '*' ? '*' : ProjectId.parse(raw)),
  /** Takes the project of a key from our own store, without checks. */
  trusted: (raw: string): KeyProject => (raw === '*' ? '*' : ProjectId.trusted(raw)),
};
