import { createHash } from 'node:crypto';
import { MemoryErasureLedger, type MemoryStore } from '@user-activity/adapter-memory';
import { UserDigest, UserId } from '@user-activity/domain';
import type { Anonymiser, DigestUser } from '../src/index.ts';

export const digestUser: DigestUser = (user) =>
  UserDigest.trusted(createHash('sha256').update(user).digest('base64url'));

/** Replaces a user by its project and its name in capitals. */
export const anonymiser: Anonymiser = {
  replace: (project, userId) => UserId.parse(`anon ${project} ${userId.toUpperCase()}`),
  encode: (text) => Buffer.from(text),
};

/** What erasures of users need, on a store in memory. */
export const erasing = (store: MemoryStore) => ({
  ledger: new MemoryErasureLedger(store),
  digestUser,
  anonymiser,
  canAnonymise: true,
  settleMs: 0,
});
