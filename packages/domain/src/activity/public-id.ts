import type { KeyId } from '../access/key-id.ts';
import type { IdGenerator } from '../ports/id-generator.ts';
import { RuleBroken } from '../shared/violation.ts';
import { ActivityId } from './activity-id.ts';

const prefix = 'pk.';
// A SHA-256 in base64url (RFC 4648, section 5) without padding.
const pattern = /^pk\.[A-Za-z0-9_-]{43}$/;

/**
 * The ids of activities that came with a public key. Anyone can read such a key in a web page, so its senders must not choose ids freely:
 * they could take the id of another sender's activity before it arrives. The id is derived from the key and the client's id, and no other
 * sender can use the prefix.
 */
export const PublicId = {
  /** The beginning of every public id. */
  prefix: prefix as string,
  /**
   * Derives the id from the id of the key, which a rotation does not change, and the client's id. So an activity that is sent twice keeps
   * its id, and two keys never share one.
   */
  of: (key: KeyId, id: ActivityId, digests: Pick<IdGenerator, 'sha256'>): ActivityId =>
    ActivityId.trusted(`${prefix}${digests.sha256(JSON.stringify([key, id]))}`),
  /** Returns whether an id has the form of a public id. */
  is: (id: string): boolean => id.startsWith(prefix) && pattern.test(id),
  /** Throws RuleBroken if an id has the prefix. */
  refuse(id: ActivityId): void {
    if (id.startsWith(prefix))
      throw new RuleBroken(`must not begin with "${prefix}", which is reserved for ids of public keys`);
  },
};
