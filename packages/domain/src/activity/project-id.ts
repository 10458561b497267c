import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';

/**
 * The name of the project to which an activity belongs. Projects share a deployment, but cannot see each other's data. 1-64 characters of
 * `a-z`, `0-9` and `-`, not beginning with `-`. Names that begin with `_` are reserved for the service.
 */
export type ProjectId = Brand<string, 'ProjectId'>;

const maxLength = 64;
const pattern = new RegExp(`^[a-z0-9][a-z0-9-]{0,${maxLength - 1}}$`);
const system = '_system';

export const ProjectId = {
  /** The maximum number of characters: 64. */
  maxLength: maxLength as number,
  /** The project of requests and records that name none: `default`. */
  default: 'default' as ProjectId,
  /** The service's own project, `_system`. It has the audit events, and the dead letters whose project is unknown. */
  system: system as ProjectId,
  /** Parses the name of a project to which a client may write. Throws RuleBroken if it breaks a rule. */
  parse(raw: unknown): ProjectId {
    if (typeof raw !== 'string') throw new RuleBroken('must be a string');
    if (raw.startsWith('_'))
      throw new RuleBroken('must not begin with "_": such names are the service\'s own');
    if (!pattern.test(raw))
      throw new RuleBroken(
        `must be 1-${maxLength} characters of a-z, 0-9 and "-", and must not begin with "-"`,
      );
    return raw as ProjectId;
  },
  /** Parses the name of a project that a client may read: `_system`, or a name that `parse` accepts. Throws RuleBroken otherwise. */
  parseReadable: (raw: unknown): ProjectId => (raw === system ? ProjectId.system : ProjectId.parse(raw)),
  /** Parses the member `project` of a record. If it is absent or null, the project is `default`. Throws RuleBroken if it breaks a rule. */
  recorded: (raw: unknown): ProjectId =>
    raw === undefined || raw === null ? ProjectId.default : ProjectId.parse(raw),
  /** Converts a string from our own store to the name of a project, without validation. */
  trusted: (raw: string): ProjectId => raw as ProjectId,
};
