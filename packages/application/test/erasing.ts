import { hash } from 'node:crypto';
import { MemoryErasureLedger, type MemoryStore } from '@user-activity/adapter-memory';
import { UserDigest, UserId } from '@user-activity/domain';
import type { Anonymiser } from '../src/storing/anonymised-record.ts';
import type { DigestUser } from '../src/users/user-erasures.ts';

export const digestUser: DigestUser = (user) => UserDigest.trusted(hash('sha256', user, 'base64url'));

/** Gives each user the same short replacement in all tests. */
export const anonymiser: Anonymiser = {
  replace: (project, userId) => UserId.parse(`anon_${hash('sha256', `${project} ${userId}`).slice(0, 16)}`),
  encode: (text) => new TextEncoder().encode(text),
};

/** The ports that erasures of users need, on a store in memory. */
export const erasing = (store: MemoryStore) => ({
  ledger: new MemoryErasureLedger(store),
  digestUser,
  anonymiser,
  canAnonymise: true,
  settleMs: 0,
});
