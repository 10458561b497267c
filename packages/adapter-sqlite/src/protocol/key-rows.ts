/**
 * An API key. `scopes` and `origins` are JSON lists of texts. `limits` is a JSON object of numbers. `secrets` is a JSON list of objects
 * with `digest` and, if the secret expires, `expiresAt`. All times are in milliseconds since 1970. `expiresAt` is null if the key never
 * expires. `revokedAt` is null unless the key was revoked.
 */
export type KeyRow = readonly [
  id: string,
  name: string,
  project: string,
  scopes: string,
  origins: string,
  limits: string,
  secrets: string,
  createdAt: number,
  expiresAt: number | null,
  revokedAt: number | null,
  revision: number,
];

/** The columns of a `KeyRow`, in the same order. */
export const keyColumns =
  'id, name, project, scopes, origins, limits, secrets, created_at, expires_at, revoked_at, revision';
