import type { Brand } from '../shared/brand.ts';
import { RuleBroken } from '../shared/violation.ts';

/** The id of an erasure. 1-64 characters of `A-Z`, `a-z`, `0-9` and `-`. */
export type ErasureId = Brand<string, 'ErasureId'>;

const pattern = /^[A-Za-z0-9-]{1,64}$/;

export const ErasureId = {
  /** Throws RuleBroken if the id breaks a rule. */
  parse(raw: unknown): ErasureId {
    if (typeof raw !== 'string' || !pattern.test(raw))
      throw new RuleBroken('must be 1-64 characters of A-Z, a-z, 0-9 and "-"');
    return ErasureId.trusted(raw);
  },
  /** Converts a string from our own store to an id, without validation. */
  trusted: (raw: string): ErasureId => raw as ErasureId,
};
