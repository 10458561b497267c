import { AccessKey, parseJson, type StoredKey } from '@user-activity/domain';
import type { KeyRow } from '../protocol/key-rows.ts';

export function keyRow(key: AccessKey): KeyRow {
  const { id, name, project, createdAt, expiresAt = null, revokedAt = null, revision } = key;
  const { scopes, origins, limits, secrets } = key;
  const json = [scopes, origins, limits, secrets].map((value) => JSON.stringify(value)) as [
    string,
    string,
    string,
    string,
  ];
  return [id, name, project, ...json, createdAt, expiresAt, revokedAt, revision];
}

/** Returns undefined if the stored key has no secret. */
export function keyFromRow(row: KeyRow): AccessKey | undefined {
  const [id, name, project, scopes, origins, limits, secrets, createdAt, expiresAt, revokedAt, revision] =
    row;
  return AccessKey.rehydrate({
    id,
    name,
    project,
    scopes: parseJson(scopes) as StoredKey['scopes'],
    origins: parseJson(origins) as StoredKey['origins'],
    limits: parseJson(limits) as StoredKey['limits'],
    secrets: parseJson(secrets) as StoredKey['secrets'],
    createdAt,
    expiresAt: expiresAt ?? undefined,
    revokedAt: revokedAt ?? undefined,
    revision,
  });
}
