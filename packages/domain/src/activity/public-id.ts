import type { KeyId } from '../access/key-id.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import { RuleBroken } from '../shared/violation.ts';
import { ActivityId } from './activity-id.ts';

const prefix = 'pk.';
// A SHA-256 in base64url (RFC 4648, section 5) without padding.
const pattern = /^pk\.[A-Za-z0-9_-]{43}$/;

/**
 * The ids of activities that came with a public key. Anyone can read such a key in a web page, so its senders must not choose ids freely.
 * Otherwise one of them could use the id of another sender's activity before that one arrives. So the id is derived from the key and the
 * client's id, and has a prefix that is refused in the ids of all other senders.
 */
export const PublicId = {
  /** The beginning of every public id. */
  prefix: prefix as string,
  /**
   * Derives the public id from the id of the key, which a rotation does not change, and the id from the client. So an activity that is sent
   * twice gets the same id both times, and activities of two keys never get the same.
   */
  of: (key: KeyId, id: ActivityId, digests: Pick<IdGenerator, 'sha256'>): ActivityId =>
    ActivityId.trusted(`${prefix}${digests.sha256(JSON.stringify([key, id]))}`),
  /** Returns whether an id has the form of a public id. */
  is: (id: string): boolean => id.startsWith(prefix) && pattern.test(id),
  /** Throws RuleBroken if an id from a sender without a public key begins with the prefix. */
  refuse(id: ActivityId): void {
    if (id.startsWith(prefix))
      throw new RuleBroken(`must not begin with "${prefix}", which is reserved for ids of public keys`);
  },
};
