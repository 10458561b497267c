import type { AccessKey } from '../access/access-key.ts';
import type { Timestamp } from '../activity/timestamp.ts';

/**
 * Keeps the API keys of a deployment.
 *  K1 Kept     once `add` or `replace` resolves, `findAll` of a new handle returns the key, equal in every field.
 *  K2 Unique   `add` returns 'exists' if a key with the same id is stored, and changes nothing.
 *  K3 Limited  at most `maxAccessKeys` keys are stored. To add one more, `add` removes the key that expired or was revoked first. If all keys
 *              are valid, it returns 'too-many' and changes nothing. Concurrent calls may each add one key too many.
 *  K4 Agreed   `replace` stores a key only if the stored key has the previous revision. So exactly one of concurrent calls for a key succeeds.
 *              The others return 'changed' and change nothing. So does a call for a key that is not stored.
 *  K5 Honest   while the store is unreachable, every method rejects with STORE_UNAVAILABLE or STORE_TIMEOUT, and works again
 *              afterwards. No driver error crosses the port.
 */
export interface KeyRepository {
  /** Returns all keys, also expired and revoked ones, in any order. Never returns data that is older than the call. */
  findAll(): Promise<readonly AccessKey[]>;
  /** Adds a new key. A key counts as expired (K3) if it is expired at the time `now`. */
  add(key: AccessKey, now: Timestamp): Promise<'added' | 'exists' | 'too-many'>;
  replace(key: AccessKey): Promise<'replaced' | 'changed'>;
}
