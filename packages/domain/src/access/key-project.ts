import { ProjectId } from '../activity/project-id.ts';
import { RuleBroken, unlessBroken } from '../shared/violation.ts';

/** The project to which an API key is limited, or `*` for the key of an operator, who may name any project. */
export type KeyProject = ProjectId | '*';

export const KeyProject = {
  operator: '*' as const,
  /** Parses the project of a new key. Throws RuleBroken if it is neither `*` nor the name of a project to which clients may write. */
  parse(raw: unknown): KeyProject {
    const project = raw === '*' ? raw : unlessBroken(() => ProjectId.parse(raw));
    if (project === undefined)
      throw new RuleBroken(
        `must be "*" for all projects, or the name of one: 1-${ProjectId.maxLength} characters of a-z, 0-9 and "-", not beginning with "-"`,
      );
    return project;
  },
  /** Converts a string from our own store to the project of a key, without validation. */
  trusted: (raw: string): KeyProject => (raw === '*' ? '*' : ProjectId.trusted(raw)),
};
