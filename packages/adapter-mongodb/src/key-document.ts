import { AccessKey } from '@user-activity/domain';

interface SecretDocument {
  readonly digest: string;
  readonly expiresAt?: Date;
}

/** An API key in the collection `keys`. */
export interface KeyDocument {
  /** The id of the key. */
  readonly _id: string;
  readonly name: string;
  readonly project: string;
  readonly scopes: readonly string[];
  /** Absent in documents of earlier versions. */
  readonly origins?: readonly string[];
  /** Absent in documents of earlier versions. */
  readonly limits?: Readonly<Record<string, number>>;
  /** The latest secret first. */
  readonly secrets: readonly SecretDocument[];
  readonly createdAt: Date;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
  readonly revision: number;
}

export function keyDocument({
  id,
  secrets,
  createdAt,
  expiresAt,
  revokedAt,
  ...key
}: AccessKey): KeyDocument {
  return {
    _id: id,
    name: key.name,
    project: key.project,
    scopes: key.scopes,
    origins: key.origins,
    limits: { ...key.limits },
    secrets: secrets.map(({ digest, expiresAt: end }) => ({
      digest,
      ...(end === undefined ? {} : { expiresAt: new Date(end) }),
    })),
    createdAt: new Date(createdAt),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }),
    ...(revokedAt === undefined ? {} : { revokedAt: new Date(revokedAt) }),
    revision: key.revision,
  };
}

/** Converts a document to a key. Ignores fields that this version does not know. Returns undefined if the key has no secret. */
export function accessKeyFromDocument(document: KeyDocument): AccessKey | undefined {
  const { _id, secrets, createdAt, expiresAt, revokedAt, ...key } = document;
  return AccessKey.rehydrate({
    id: _id,
    name: key.name,
    project: key.project,
    scopes: key.scopes,
    origins: key.origins ?? [],
    limits: key.limits ?? {},
    secrets: secrets.map(({ digest, expiresAt: end }) => ({ digest, expiresAt: end?.getTime() })),
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt?.getTime(),
    revokedAt: revokedAt?.getTime(),
    revision: key.revision,
  });
}
