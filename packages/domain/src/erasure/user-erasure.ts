import { ProjectId } from '../activity/project-id.ts';
import { Timestamp } from '../activity/timestamp.ts';
import { UserId } from '../activity/user-id.ts';
import { DomainError } from '../shared/domain-error.ts';
import { isPlainObject } from '../shared/json.ts';
import { RuleBroken, Violations } from '../shared/violation.ts';
import { ErasureId } from './erasure-id.ts';

/**
 * What an erasure does to the activities of its user:
 *  - `erase`      removes them;
 *  - `anonymise`  replaces their user by a keyed digest and removes their metadata, so that they are still counted.
 */
export type ErasureMode = (typeof modes)[number];

const modes = ['erase', 'anonymise'] as const;

export const ErasureMode = {
  all: modes as readonly ErasureMode[],
  default: 'erase' as ErasureMode,
  /** Throws RuleBroken if the mode is unknown. */
  parse(raw: unknown): ErasureMode {
    const mode = modes.find((known) => known === raw);
    if (mode === undefined) throw new RuleBroken(`must be one of ${modes.join(', ')}`);
    return mode;
  },
};

/** A request to erase everything that the service received for a user of a project before the request. */
export interface UserErasure {
  readonly id: ErasureId;
  readonly project: ProjectId;
  readonly userId: UserId;
  readonly mode: ErasureMode;
  readonly requestedAt: Timestamp;
}

/** Domain event: a client asked to erase a user. Its record on the log has the same key as the user's activities: the user id. */
export interface ErasureRequested {
  readonly name: 'ErasureRequested';
  readonly erasure: UserErasure;
}

export const UserErasure = {
  /** Returns the JSON text of an erasure for the log. */
  toText: ({ id, project, userId, mode, requestedAt }: UserErasure): string =>
    JSON.stringify({
      ...(project === ProjectId.default ? {} : { project }),
      id,
      userId,
      mode,
      requestedAt: Timestamp.toISO(requestedAt),
    }),
  /** Makes an erasure from its JSON on the log. Drops unknown members. Throws INVALID_ACTIVITY with the violations. */
  parse(json: unknown): UserErasure {
    const violations = new Violations();
    if (!isPlainObject(json)) violations.add('', 'must be a JSON object');
    const members = isPlainObject(json) ? json : {};
    // `recorded` refuses `_system`: nobody may erase the service's own audit events.
    const project = violations.check('/project', () => ProjectId.recorded(members['project']));
    const id = violations.check('/id', () => ErasureId.parse(members['id']));
    const userId = violations.check('/userId', () => UserId.parse(members['userId']));
    const mode = violations.check('/mode', () => ErasureMode.parse(members['mode']));
    const requestedAt = violations.check('/requestedAt', () => Timestamp.parse(members['requestedAt']));
    if (
      violations.list.length > 0 ||
      project === undefined ||
      id === undefined ||
      userId === undefined ||
      mode === undefined ||
      requestedAt === undefined
    )
      throw new DomainError('INVALID_ACTIVITY', 'The erasure breaks a rule.', {
        violations: violations.list,
      });
    return { id, project, userId, mode, requestedAt };
  },
};

/** Makes the event of a requested erasure. */
export const erasureRequested = (erasure: UserErasure): ErasureRequested => ({
  name: 'ErasureRequested',
  erasure,
});
