/**
 * An API key. `scopes` is a JSON list of texts. `secrets` is a JSON list of objects with `digest` and, if the secret ends, `expiresAt`.
 * All times are in milliseconds since 1970. They are null if the key has no such time.
 */
export type KeyRow = readonly [
  id: string,
  name: string,
  project: string,
  scopes: string,
  secrets: string,
  createdAt: number,
  expiresAt: number | null,
  revokedAt: number | null,
  revision: number,
];

/** The columns of a `KeyRow`, in the same order. */
export const keyColumns = 'id, name, project, scopes, secrets, created_at, expires_at, revoked_at, revision';
