import type { Brand } from '../shared/brand.ts';
import { isLongerThan, wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';

/** Whoever acted: a person or a system. Opaque to the service, compared exactly. 1-256 characters. */
export type UserId = Brand<string, 'UserId'>;

const controlCharacter = /\p{Cc}/u;

export const UserId = {
  /** Takes a user as a client names it, without surrounding white space; says no by `RuleBroken`. */
  parse(raw: unknown): UserId {
    const text = wellFormedText(raw).trim();
    if (text === '' || isLongerThan(256, text))
      throw new RuleBroken('must be 1-256 characters after trimming');
    if (controlCharacter.test(text)) throw new RuleBroken('must not contain control characters');
    if (text === '.' || text === '..') throw new RuleBroken('must not be "." or ".."');
    return text as UserId;
  },
  /** Takes a user back from a store that was given it by us. */
  trusted: (raw: string): UserId => raw as UserId,
};
