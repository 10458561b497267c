import { Timestamp } from '../activity/timestamp.ts';
import type { Violation } from '../shared/violation.ts';
import { KeyId } from './key-id.ts';
import { KeyName } from './key-name.ts';
import { KeyProject } from './key-project.ts';
import { WebOrigin } from './web-origin.ts';
import { Scope } from './scope.ts';
import { type RateLimits, UsageLimits } from './usage-limits.ts';

/** A secret of an API key. Only its digest is kept, so nobody can read the secret from the store. */
export interface KeySecret {
  /** The SHA-256 of the secret in hexadecimal. The secret has 32 random bytes, so it needs no slow hash. */
  readonly digest: string;
  /** The time at which an older secret stops working after a rotation. Absent for the latest secret. */
  readonly expiresAt?: Timestamp;
}

/** An API key. It allows the work that its scopes name, in one project or, if it belongs to an operator, in every project. */
export interface AccessKey {
  readonly id: KeyId;
  readonly name: KeyName;
  readonly project: KeyProject;
  /** In the order of `Scope.all`. */
  readonly scopes: readonly Scope[];
  /** The origins of the web pages that may use the key. If there are any, the key is public: everybody can read it in those pages. */
  readonly origins: readonly WebOrigin[];
  readonly limits: RateLimits;
  /** The latest secret first, then older ones, which may still work for some time. At most `maxSecrets`. */
  readonly secrets: readonly [KeySecret, ...KeySecret[]];
  readonly createdAt: Timestamp;
  readonly expiresAt?: Timestamp;
  readonly revokedAt?: Timestamp;
  /** The number of changes. The store refuses a change that is based on an older revision. */
  readonly revision: number;
}

/** The fields of a key as plain values, which a store returns. Times are in milliseconds since 1970. */
export interface StoredKey {
  readonly id: string;
  readonly name: string;
  readonly project: string;
  readonly scopes: readonly string[];
  readonly origins: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  /** The latest secret first. */
  readonly secrets: readonly { readonly digest: string; readonly expiresAt?: number | undefined }[];
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  readonly revokedAt: number | undefined;
  readonly revision: number;
}

/** The maximum number of keys of a deployment. Every process of the API keeps all of them in memory, and reads them every 2 s. */
export const maxAccessKeys = 1000;

/** The maximum number of valid keys of one project, so that no project can use up `maxAccessKeys` alone. */
export const maxProjectKeys = 100;

/** The maximum number of secrets of one key, so that repeated rotations do not fill the memory. */
export const maxSecrets = 5;

/** Whether a key works, and if not, why. */
export type KeyState = 'valid' | 'expired' | 'revoked';

export const AccessKey = {
  /** Makes a key from values of our own store, without validation. Returns undefined if it has no secret, because nobody can use such a key. */
  rehydrate({ expiresAt, revokedAt, ...stored }: StoredKey): AccessKey | undefined {
    const [latest, ...older] = stored.secrets.map(({ digest, expiresAt: end }) => ({
      digest,
      ...(end === undefined ? {} : { expiresAt: Timestamp.trusted(end) }),
    }));
    if (latest === undefined) return undefined;
    return {
      id: KeyId.trusted(stored.id),
      name: KeyName.trusted(stored.name),
      project: KeyProject.trusted(stored.project),
      scopes: Scope.trusted(stored.scopes),
      origins: stored.origins.map(WebOrigin.trusted),
      limits: UsageLimits.trusted(stored.limits),
      secrets: [latest, ...older],
      createdAt: Timestamp.trusted(stored.createdAt),
      ...(expiresAt === undefined ? {} : { expiresAt: Timestamp.trusted(expiresAt) }),
      ...(revokedAt === undefined ? {} : { revokedAt: Timestamp.trusted(revokedAt) }),
      revision: stored.revision,
    };
  },
  /** Returns whether a key is public: web pages use it, so everybody can read its secret in them. */
  isPublic: ({ origins }: Pick<AccessKey, 'origins'>): boolean => origins.length > 0,
  /** Returns the violations of a key that is public but allows too much. Everybody can use it, so it may only write, and into one project. */
  violationsOf(key: Pick<AccessKey, 'project' | 'scopes' | 'origins'>): readonly Violation[] {
    if (!AccessKey.isPublic(key)) return [];
    const violations: Violation[] = [];
    if (key.scopes.length !== 1 || key.scopes[0] !== 'write')
      violations.push({
        path: '/scopes',
        message: 'must be ["write"] for a key with origins: web pages show it to everybody',
      });
    if (key.project === KeyProject.operator)
      violations.push({
        path: '/project',
        message: 'must be one project for a key with origins: web pages show it to everybody',
      });
    return violations;
  },
  /** Returns the limits of a new key: those that were set and, for a public key, defaults for the others. */
  limitsOf: (key: Pick<AccessKey, 'origins' | 'limits'>): RateLimits =>
    AccessKey.isPublic(key) ? { ...UsageLimits.ofPublicKeys, ...key.limits } : key.limits,
  /** Returns the state of a key at the time `now`. */
  stateOf(key: Pick<AccessKey, 'expiresAt' | 'revokedAt'>, now: Timestamp): KeyState {
    if (key.revokedAt !== undefined) return 'revoked';
    return hasPassed(key.expiresAt, now) ? 'expired' : 'valid';
  },
  /** Returns the key that expired or was revoked first, or undefined if all are valid. */
  firstEnded(keys: readonly AccessKey[], now: Timestamp): AccessKey | undefined {
    const ended = keys.filter((key) => AccessKey.stateOf(key, now) !== 'valid');
    return ended.toSorted((left, right) => endedAt(left) - endedAt(right))[0];
  },
  /** Returns the state of one secret of a key at the time `now`. */
  secretStateOf(key: AccessKey, secret: KeySecret, now: Timestamp): KeyState {
    const state = AccessKey.stateOf(key, now);
    return state === 'valid' && hasPassed(secret.expiresAt, now) ? 'expired' : state;
  },
  /** Returns the key as revoked at the time `now`. A key that is revoked already stays as it is. */
  revoked: (key: AccessKey, now: Timestamp): AccessKey =>
    key.revokedAt === undefined ? { ...key, revokedAt: now, revision: key.revision + 1 } : key,
  /**
   * Returns the key with a new secret. Each older secret works until `overlapUntil`, or until its own `expiresAt` if that is earlier. So
   * clients can go on with the secret that they know, also if a response is lost and the rotation is repeated. Keeps at most `maxSecrets`.
   */
  rotated: (key: AccessKey, digest: string, overlapUntil: Timestamp): AccessKey => ({
    ...key,
    secrets: [
      { digest },
      ...key.secrets.slice(0, maxSecrets - 1).map(({ digest: older, expiresAt: end = overlapUntil }) => ({
        digest: older,
        expiresAt: end < overlapUntil ? end : overlapUntil,
      })),
    ],
    revision: key.revision + 1,
  }),
};

/** Returns the time at which a key expired or was revoked, whichever came first. */
const endedAt = ({ expiresAt, revokedAt }: AccessKey): number =>
  Math.min(expiresAt ?? Infinity, revokedAt ?? Infinity);

const hasPassed = (time: Timestamp | undefined, now: Timestamp): boolean => time !== undefined && time <= now;
