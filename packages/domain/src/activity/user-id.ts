import type { Brand } from '../shared/brand.ts';
import { isLongerThan, wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';

/** Whoever acted: a person or a system. Opaque to the service, compared exactly. 1-256 characters. */
export type UserId = Brand<string, 'UserId'>;

// White space around it is no fault, but only so much of it.
const maxUnits = 4 * 256;
const wrongLength = 'must be 1-256 characters after trimming';
const controlCharacter = /\p{Cc}/u;

export const UserId = {
  /** Takes a user as a client names it, without surrounding white space; says no by `RuleBroken`. */
  parse(raw: unknown): UserId {
    const text = wellFormedText(raw, maxUnits, wrongLength).trim();
    if (text === '' || isLongerThan(256, text)) throw new RuleBroken(wrongLength);
    if (controlCharacter.test(text)) throw new RuleBroken('must not contain control characters');
    if (text === '.' || text === '..') throw new RuleBroken('must not be "." or ".."');
    return text as UserId;
  },
  /** Takes a user back from a store that was given it by us. */
  trusted: (raw: string): UserId => raw as UserId,
};
