import type { Brand } from '../shared/brand.ts';

/** The SHA-256 of a user id in UTF-8, in base64url without padding. The key of a record is the user id, so it has the same digest. */
export type UserDigest = Brand<string, 'UserDigest'>;

export const UserDigest = {
  /** Converts a digest that we computed or that is from our own store, without validation. */
  trusted: (raw: string): UserDigest => raw as UserDigest,
};
