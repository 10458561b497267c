import { createHash, createHmac } from 'node:crypto';
import type { Anonymiser, DigestUser } from '@user-activity/application';
import { DomainError, UserDigest, UserId } from '@user-activity/domain';

/** Returns the SHA-256 of a user id, in base64url. Takes the id as a text, or as the bytes of a record's key. */
export const digestUser: DigestUser = (user) =>
  UserDigest.trusted(createHash('sha256').update(user).digest('base64url'));

/**
 * Makes an anonymiser with the secret of the deployment (ANONYMISATION_KEY). It replaces a user id by a keyed hash, so only someone who knows
 * the secret can find the user by trying user ids. Without a secret, `replace` throws STORE_UNAVAILABLE, which is temporary: the deployment
 * must have had a secret when it accepted the erasure, and can anonymise again once the secret is set.
 */
export const anonymiser = (secret: string | undefined): Anonymiser => ({
  replace(project, userId) {
    if (secret === undefined)
      throw new DomainError(
        'STORE_UNAVAILABLE',
        'A user is to be anonymised, but ANONYMISATION_KEY is not set. Set it to the value that the other processes have.',
      );
    const digest = createHmac('sha256', secret).update(`${project} ${userId}`).digest('base64url');
    return UserId.trusted(`anon_${digest}`);
  },
  encode: (text) => Buffer.from(text),
});
