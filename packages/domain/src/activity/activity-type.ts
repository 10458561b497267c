import type { Brand } from '../shared/brand.ts';
import { isLongerThan, wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';

/**
 * What was done, in its canonical form: Unicode NFC, upper case, with `_` for each run of white space and dashes of any kind.
 * So `login` and `LOGIN` are one type, when writing and when asking. 1-256 characters, none of them a control character.
 */
export type ActivityType = Brand<string, 'ActivityType'>;

const plain = /^[A-Z0-9_.:/]{1,256}$/;
const maxUnits = 4 * 256;
const wrongLength = 'must be 1-256 characters';
// Tabs and line breaks are white space first. Line separators (U+2028) and dashes that are no hyphens (U+2212) are in them too.
const separators = /[\s\p{Dash}]+/gu;
const controlCharacter = /\p{Cc}/u;

export const ActivityType = {
  /** Takes a type as a client writes it, by whatever door, and makes it canonical. Throws RuleBroken. */
  parse(raw: unknown): ActivityType {
    if (typeof raw === 'string' && plain.test(raw)) return raw as ActivityType;
    // Normalising shortens a text at most to a quarter; on a longer one it takes time out of proportion.
    const text = wellFormedText(raw, maxUnits, wrongLength);
    const joined = text.trim().replace(separators, '_');
    if (controlCharacter.test(joined)) throw new RuleBroken('must not contain control characters');
    // Upper case may come apart again, as that of U+01F0 does.
    const canonical = joined.normalize('NFC').toUpperCase().normalize('NFC');
    if (canonical === '' || isLongerThan(256, canonical)) throw new RuleBroken(wrongLength);
    return canonical as ActivityType;
  },
  /** Takes a type back from a store that was given it by us. */
  trusted: (raw: string): ActivityType => raw as ActivityType,
};
