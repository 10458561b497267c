import type { Brand } from '../shared/brand.ts';
import { isLongerThan, wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';

/** The id of the person or system that acted. The service only compares it, character by character. 1-256 characters. */
export type UserId = Brand<string, 'UserId'>;

const maxLength = 256;
// The limit before white space is trimmed.
const maxUnits = 4 * maxLength;
const wrongLength = `must be 1-${maxLength} characters after trimming`;
const controlCharacter = /\p{Cc}/u;

export const UserId = {
  /** The maximum number of characters: 256. */
  maxLength: maxLength as number,
  /** Parses a user id from a client and trims white space. Throws RuleBroken if it breaks a rule. */
  parse(raw: unknown): UserId {
    const text = wellFormedText(raw, maxUnits, wrongLength).trim();
    if (text === '' || isLongerThan(maxLength, text)) throw new RuleBroken(wrongLength);
    if (controlCharacter.test(text)) throw new RuleBroken('must not contain control characters');
    if (text === '.' || text === '..') throw new RuleBroken('must not be "." or ".."');
    return text as UserId;
  },
  /** Converts a string from our own store to a user id, without validation. */
  trusted: (raw: string): UserId => raw as UserId,
};
