import type { KeyDraft } from '@user-activity/application';
import {
  KeyName,
  KeyProject,
  type ProjectId,
  Scope,
  Timestamp,
  UsageLimits,
  Violations,
  WebOrigin,
} from '@user-activity/domain';
import { limitsIn } from './limits-in.ts';
import { isMembers } from './members.ts';
import { refuseMembers } from './refuse-members.ts';
import { rulesBroken } from '../requests/problem.ts';

/** Returns the key that a body describes. Throws 422 with every violation of the body. */
export function keyDraftIn(body: unknown, defaultProject: ProjectId): KeyDraft {
  const violations = new Violations();
  if (!isMembers(body))
    throw rulesBroken('Nothing was changed.', [{ path: '', message: 'must be a JSON object' }]);
  const { name, project, scopes, origins, limits, expiresAt, ...unknown } = body;
  refuseMembers(unknown, violations);
  const draft = {
    name: violations.check('/name', () => KeyName.parse(name)),
    project: violations.check('/project', () => KeyProject.parse(project ?? defaultProject)),
    scopes: violations.check('/scopes', () => Scope.parseList(scopes)),
    origins: violations.check('/origins', () => WebOrigin.parseList(origins)),
    limits: limitsIn(limits, UsageLimits.rates, violations),
    expiresAt: violations.check('/expiresAt', () =>
      expiresAt === undefined || expiresAt === null ? undefined : Timestamp.parse(expiresAt),
    ),
  };
  if (!isDraft(draft) || violations.list.length > 0)
    throw rulesBroken('Nothing was changed.', violations.list);
  return draft;
}

/** Returns whether each required member is valid. */
const isDraft = (
  draft: { readonly [Name in keyof KeyDraft]: KeyDraft[Name] | undefined },
): draft is KeyDraft =>
  draft.name !== undefined &&
  draft.project !== undefined &&
  draft.scopes !== undefined &&
  draft.origins !== undefined;
