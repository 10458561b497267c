import type { Brand } from '../shared/brand.ts';
import { isLongerThan, wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';

/** The person or system that acted. Opaque to the service, compared exactly. 1-256 characters. */
export type UserId = Brand<string, 'UserId'>;

const maxLength = 256;
// Surrounding white space is allowed, but not without a limit.
const maxUnits = 4 * maxLength;
const wrongLength = `must be 1-${maxLength} characters after trimming`;
const controlCharacter = /\p{Cc}/u;

export const UserId = {
  /** In characters. */
  maxLength: maxLength as number,
  /** Parses a user id from a client and trims white space. Throws RuleBroken if it breaks a rule. */
  parse(raw: unknown): UserId {
    const text = wellFormedText(raw, maxUnits, wrongLength).trim();
    if (text === '' || isLongerThan(maxLength, text)) throw new RuleBroken(wrongLength);
    if (controlCharacter.test(text)) throw new RuleBroken('must not contain control characters');
    if (text === '.' || text === '..') throw new RuleBroken('must not be "." or ".."');
    return text as UserId;
  },
  /** Takes a user id from our own store, without checks. */
  trusted: (raw: string): UserId => raw as UserId,
};
