import { createHash, createHmac } from 'node:crypto';
import type { Anonymiser, DigestUser } from '@user-activity/application';
import { DomainError, UserDigest, UserId } from '@user-activity/domain';

/** Returns the SHA-256 of a user id, or of the key of a record. */
export const digestUser: DigestUser = (user) =>
  UserDigest.trusted(createHash('sha256').update(user).digest('base64url'));

/**
 * Makes an anonymiser with the secret of the deployment. Without the secret, nobody can find out the user of a replacement by trying users.
 * If there is no secret, `replace` throws STORE_UNAVAILABLE: the deployment had one when the erasure was accepted.
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
