import type { Brand } from '../shared/brand.ts';

/** The SHA-256 of a user id in UTF-8, in base64url without padding. It is the digest of the key of the user's records too. */
export type UserDigest = Brand<string, 'UserDigest'>;

export const UserDigest = {
  /** Takes a digest from our own store, or of our own making, without checks. */
  trusted: (raw: string): UserDigest => raw as UserDigest,
};
