import type { Brand } from '../shared/brand.ts';
import { isLongerThan, wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';

/**
 * The kind of an activity in canonical form: Unicode NFC, upper case, with `_` in place of each run of white space and dashes of any kind.
 * So `login` and `LOGIN` are the same type, in activities and in queries. 1-256 characters without control characters.
 */
export type ActivityType = Brand<string, 'ActivityType'>;

const maxLength = 256;
// Texts that only need upper case to become canonical.
const plain = new RegExp(`^[\\w.:/]{1,${maxLength}}$`);
const maxUnits = 4 * maxLength;
const wrongLength = `must be 1-${maxLength} characters`;
// Includes tabs and line breaks, which are control characters too, line separators (U+2028), and dashes such as U+2212.
const separators = /[\s\p{Dash}]+/gu;
const controlCharacter = /\p{Cc}/u;

export const ActivityType = {
  /** The maximum number of characters: 256. */
  maxLength: maxLength as number,
  /** Parses a type from a client and makes it canonical. Throws RuleBroken if it breaks a rule. */
  parse(raw: unknown): ActivityType {
    // A fast path for most texts: 0.08 µs instead of 0.25 µs.
    if (typeof raw === 'string' && plain.test(raw)) return raw.toUpperCase() as ActivityType;
    // Normalising is slow for long texts. It keeps at least a quarter of the length, so a text of more than `maxUnits` is surely too long.
    const text = wellFormedText(raw, maxUnits, wrongLength);
    const joined = text.trim().replace(separators, '_');
    if (controlCharacter.test(joined)) throw new RuleBroken('must not contain control characters');
    // Normalise twice, because upper case can decompose a character, for instance U+01F0.
    const canonical = joined.normalize('NFC').toUpperCase().normalize('NFC');
    if (canonical === '' || isLongerThan(maxLength, canonical)) throw new RuleBroken(wrongLength);
    return canonical as ActivityType;
  },
  /** Converts a string from our own store to a type, without validation. */
  trusted: (raw: string): ActivityType => raw as ActivityType,
};
