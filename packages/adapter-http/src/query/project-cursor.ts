import { parseJson, ProjectId, RuleBroken } from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

const CursorMembers = Type.Tuple([Type.String(), Type.Unknown()]);
// Marks the cursors of this list. Cursors of other lists have other members.
const version = 'projects-1';

/** Encodes the cursor for the page of projects that follow `after`. */
export const encodeProjectCursor = (after: ProjectId): string =>
  Buffer.from(JSON.stringify([version, after])).toString('base64url');

/** Throws RuleBroken if the text is not a cursor of the list of projects. */
export function parseProjectCursor(raw: string): ProjectId {
  const members = raw.length <= maxLength ? parsed(raw) : undefined;
  const [found, id] = Value.Check(CursorMembers, members) ? members : [];
  try {
    if (found === version) return ProjectId.parseReadable(id);
  } catch (error) {
    if (!(error instanceof RuleBroken)) throw error;
  }
  throw new RuleBroken('is not a cursor of this list: send the "nextCursor" of a page unchanged');
}

const maxLength = 2 * (ProjectId.maxLength + version.length);

function parsed(raw: string): unknown {
  try {
    return parseJson(Buffer.from(raw, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
