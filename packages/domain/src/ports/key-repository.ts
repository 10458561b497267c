import type { AccessKey } from '../access/access-key.ts';
import type { Timestamp } from '../activity/timestamp.ts';

/**
 * Keeps the API keys of a deployment.
 *  K1 Kept     once `add` or `replace` resolves, `findAll` of a new handle returns the key, equal in every field.
 *  K2 Unique   `add` returns 'exists' if a key with the same id is stored, and changes nothing.
 *  K3 Limited  at most `maxAccessKeys` keys are stored. If they are, `add` first removes the key that ended first. If none has ended, it
 *              returns 'too-many' and changes nothing. Each of concurrent calls may add one too many.
 *  K4 Agreed   `replace` stores a key only if the stored one has the revision before. So of concurrent calls for one key one succeeds. The
 *              others return 'changed' and change nothing, as does a call for a key that is not stored.
 *  K5 Honest   while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *              afterwards. No driver error crosses the port.
 */
export interface KeyRepository {
  /** Returns all keys, also those that have ended, in any order. The answer is never older than the call. */
  findAll(): Promise<readonly AccessKey[]>;
  add(key: AccessKey, now: Timestamp): Promise<'added' | 'exists' | 'too-many'>;
  replace(key: AccessKey): Promise<'replaced' | 'changed'>;
}
