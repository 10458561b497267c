import type { Brand } from '../shared/brand.ts';
import { isLongerThan, wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';

/** The name of an API key, for people. 1-100 characters. Several keys may have the same name. */
export type KeyName = Brand<string, 'KeyName'>;

const maxLength = 100;
const wrongLength = `must be 1-${maxLength} characters after trimming`;

export const KeyName = {
  /** The maximum number of characters: 100. */
  maxLength: maxLength as number,
  /** Parses a name from a client and trims white space. Throws RuleBroken if it breaks a rule. */
  parse(raw: unknown): KeyName {
    const text = wellFormedText(raw, 4 * maxLength, wrongLength).trim();
    if (text === '' || isLongerThan(maxLength, text)) throw new RuleBroken(wrongLength);
    if (/\p{Cc}/u.test(text)) throw new RuleBroken('must not contain control characters');
    return text as KeyName;
  },
  /** Converts a string from our own store to a name, without validation. */
  trusted: (raw: string): KeyName => raw as KeyName,
};
