import { AccessKey, parseJson, type StoredKey } from '@user-activity/domain';
import type { KeyRow } from '../protocol/key-rows.ts';

export function rowOf(key: AccessKey): KeyRow {
  const { id, name, project, createdAt, expiresAt = null, revokedAt = null, revision } = key;
  const [scopes, secrets] = [JSON.stringify(key.scopes), JSON.stringify(key.secrets)];
  return [id, name, project, scopes, secrets, createdAt, expiresAt, revokedAt, revision];
}

export function keyOf(row: KeyRow): AccessKey | undefined {
  const [id, name, project, scopes, secrets, createdAt, expiresAt, revokedAt, revision] = row;
  return AccessKey.rehydrate({
    id,
    name,
    project,
    scopes: parseJson(scopes) as StoredKey['scopes'],
    secrets: parseJson(secrets) as StoredKey['secrets'],
    createdAt,
    expiresAt: expiresAt ?? undefined,
    revokedAt: revokedAt ?? undefined,
    revision,
  });
}
