import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';

/** The id of an API key: 16 characters of `0-9` and `a-f`. It is not secret, and stays the same when the secret is rotated. */
export type KeyId = Brand<string, 'KeyId'>;

const prefix = 'ua_';
const pattern = /^[0-9a-f]{16}$/;
// The prefix, the id, and 32 bytes in base64url (RFC 4648, section 5).
const secretPattern = new RegExp(`^${prefix}[0-9a-f]{16}_[A-Za-z0-9_-]{43}$`);

export const KeyId = {
  /** The beginning of every secret. */
  secretPrefix: prefix as string,
  /** Parses an id from a client. Throws RuleBroken if it is malformed. */
  parse(raw: unknown): KeyId {
    if (typeof raw !== 'string' || !pattern.test(raw))
      throw new RuleBroken('must be the id of a key: 16 characters of 0-9 and a-f');
    return raw as KeyId;
  },
  /** Converts a string from our own store or generator to an id, without validation. */
  trusted: (raw: string): KeyId => raw as KeyId,
  /** Joins an id and 32 random bytes, given in base64url, into the secret that clients send. */
  secretText: (id: KeyId, bytes: string): string => `${prefix}${id}_${bytes}`,
  /** Returns whether a text has the form of a secret. Its key need not exist. */
  isSecret: (text: string): boolean => secretPattern.test(text),
};
