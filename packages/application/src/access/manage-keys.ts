import {
  AccessKey,
  type AuditType,
  type Clock,
  DomainError,
  isDomainError,
  type KeyId,
  type KeyName,
  type KeyProject,
  type KeyRepository,
  maxAccessKeys,
  maxProjectKeys,
  type WebOrigin,
  Principal,
  type RateLimits,
  type Scope,
  type SecretGenerator,
  Timestamp,
} from '@user-activity/domain';
import type { Audit, ChangeEvent } from '../audit/audit.ts';
import type { KeyTable } from './key-table.ts';

export interface KeyDeps {
  readonly keys: KeyRepository;
  readonly keyTable: Pick<KeyTable, 'refresh'>;
  readonly secrets: SecretGenerator;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** A new key as a client describes it. */
export interface KeyDraft {
  readonly name: KeyName;
  readonly project: KeyProject;
  readonly scopes: readonly Scope[];
  readonly origins: readonly WebOrigin[];
  readonly limits: RateLimits;
  readonly expiresAt: Timestamp | undefined;
}

/** A key with its new secret, which is never shown again. */
export interface SecretKey {
  readonly key: AccessKey;
  readonly secret: string;
}

/**
 * Makes a key. Returns 'forbidden' if the principal may not act in the key's project. Throws INVALID_ACTIVITY if the key would expire at
 * once, if it is public and allows too much, or if there are too many keys. Throws STORE_UNAVAILABLE and STORE_TIMEOUT.
 */
export type CreateKey = (principal: Principal, draft: KeyDraft) => Promise<SecretKey | 'forbidden'>;

export const makeCreateKey = (deps: KeyDeps): CreateKey =>
  async function createKey(principal, { expiresAt, ...draft }) {
    const { keys, secrets, clock, audit } = deps;
    if (!Principal.reaches(principal, draft.project)) return 'forbidden';
    const now = clock.now();
    if (expiresAt !== undefined && expiresAt <= now) throw refusal('/expiresAt', 'must be in the future');
    const [violation] = AccessKey.violationsOf(draft);
    if (violation !== undefined) throw refusal(violation.path, violation.message);
    const sameProject = (await keys.findAll()).filter(
      (key) => key.project === draft.project && AccessKey.stateOf(key, now) === 'valid',
    );
    if (sameProject.length >= maxProjectKeys)
      throw refusal(
        '/project',
        `has ${maxProjectKeys} keys, which is the maximum: revoke one that is not needed`,
      );
    for (;;) {
      const id = secrets.nextId();
      const { text, digest } = secrets.nextSecret(id);
      const key: AccessKey = {
        id,
        ...draft,
        limits: AccessKey.limitsOf(draft),
        secrets: [{ digest }],
        createdAt: now,
        ...(expiresAt === undefined ? {} : { expiresAt }),
        revision: 0,
      };
      const outcome = await audit(
        keyEvent('KEY_CREATED', principal, key),
        () => keys.add(key, now),
        (result) => (result === 'added' ? {} : 'unchanged'),
      );
      if (outcome === 'too-many')
        throw refusal(
          '',
          `the deployment has ${maxAccessKeys} keys, which is the maximum: revoke one that is not needed`,
        );
      if (outcome === 'added') {
        await refreshIfPossible(deps);
        return { key, secret: text };
      }
    }
  };

/**
 * Returns the keys that the principal may manage: only the keys of `project` if it is set, otherwise the keys of all projects. Includes keys
 * that expired or were revoked recently. The oldest key is first. Throws STORE_UNAVAILABLE and STORE_TIMEOUT.
 */
export type FindKeys = (
  principal: Principal,
  project: KeyProject | undefined,
) => Promise<readonly AccessKey[]>;

export const makeFindKeys = ({ keys }: Pick<KeyDeps, 'keys'>): FindKeys =>
  async function findKeys(principal, project) {
    return (await keys.findAll())
      .filter((key) => mayManage(principal, project, key))
      .toSorted((left, right) => left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1));
  };

/**
 * Revokes a key permanently. Every process refuses it within a few seconds. Returns 'absent' if the key does not exist, if the principal may
 * not manage it, or if it does not belong to `project`. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. After these errors, the key may still
 * work, so revoke it again.
 */
export type RevokeKey = (
  principal: Principal,
  id: KeyId,
  project: KeyProject | undefined,
) => Promise<AccessKey | 'absent'>;

export const makeRevokeKey = (deps: KeyDeps): RevokeKey =>
  async function revokeKey(principal, id, project) {
    const choice = { principal, id, project };
    return changeKey(deps, 'KEY_REVOKED', choice, (key) => AccessKey.revoked(key, deps.clock.now()));
  };

/**
 * Gives a key a new secret. Its earlier secrets work for at most `overlapMs` more. Returns 'absent' as `RevokeKey` does, and 'ended' if the
 * key was revoked or has expired. Throws STORE_UNAVAILABLE and STORE_TIMEOUT. After these errors, the secret may have changed, so rotate the
 * key again.
 */
export type RotateKey = (
  principal: Principal,
  id: KeyId,
  overlapMs: number,
  project: KeyProject | undefined,
) => Promise<SecretKey | 'absent' | 'ended'>;

export const makeRotateKey = (deps: KeyDeps): RotateKey =>
  async function rotateKey(principal, id, overlapMs, project) {
    const { secrets, clock } = deps;
    const { text, digest } = secrets.nextSecret(id);
    const now = clock.now();
    const key = await changeKey(deps, 'KEY_ROTATED', { principal, id, project }, (before) =>
      AccessKey.stateOf(before, now) === 'valid'
        ? AccessKey.rotated(before, digest, Timestamp.fromMillis(now + overlapMs))
        : before,
    );
    if (key === 'absent') return key;
    return key.secrets[0].digest === digest ? { key, secret: text } : 'ended';
  };

/** The key that a principal wants to change. If `project` is set, the key must belong to it. */
interface KeyChoice {
  readonly principal: Principal;
  readonly id: KeyId;
  readonly project: KeyProject | undefined;
}

const mayManage = (principal: Principal, project: KeyProject | undefined, key: AccessKey): boolean =>
  Principal.reaches(principal, key.project) && (project ?? key.project) === key.project;

/** Replaces a key by what `next` returns for it. Starts over if another request changed the key meanwhile. */
async function changeKey(
  deps: KeyDeps,
  type: 'KEY_REVOKED' | 'KEY_ROTATED',
  { principal, id, project }: KeyChoice,
  next: (key: AccessKey) => AccessKey,
): Promise<AccessKey | 'absent'> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const before = (await deps.keys.findAll()).find((key) => key.id === id);
    if (before === undefined || !mayManage(principal, project, before)) return 'absent';
    const after = next(before);
    if (after === before) return before;
    const outcome = await deps.audit(
      keyEvent(type, principal, after),
      () => deps.keys.replace(after),
      (result) => (result === 'replaced' ? {} : 'unchanged'),
    );
    if (outcome === 'replaced') {
      await refreshIfPossible(deps);
      return after;
    }
  }
  throw new DomainError(
    'STORE_UNAVAILABLE',
    'Other requests keep changing the same key. Send the request again.',
  );
}

const maxAttempts = 10;

/** Makes the audit event of a change. It leaves out the name of the key, which may be the name of a person. */
const keyEvent = (
  type: AuditType,
  principal: Principal,
  { id, project, scopes, ...key }: AccessKey,
): ChangeEvent => ({
  type,
  principal,
  details: {
    key: id,
    project,
    scopes,
    origins: key.origins,
    limits: { ...key.limits },
    ...(key.expiresAt === undefined ? {} : { expiresAt: Timestamp.toISO(key.expiresAt) }),
  },
});

/** Reads a change into the table of this process at once. If the store is unavailable, the next regular read gets the change. */
async function refreshIfPossible({ keys, keyTable }: KeyDeps): Promise<void> {
  try {
    await keyTable.refresh(keys);
  } catch (error) {
    if (!isDomainError(error)) throw error;
  }
}

const refusal = (path: string, message: string): DomainError =>
  new DomainError('INVALID_ACTIVITY', 'Nothing was changed.', { violations: [{ path, message }] });
