import type { Brand } from '../shared/brand.ts';
import { isLongerThan, wellFormedText } from '../shared/text.ts';
import { RuleBroken } from '../shared/violation.ts';

/**
 * What was done, in its canonical form: Unicode NFC, upper case, with `_` for each run of white space and `-`.
 * So `login` and `LOGIN` are one type, when writing and when asking. 1-128 letters, marks, digits and `_ . : /`.
 */
export type ActivityType = Brand<string, 'ActivityType'>;

const plain = /^[A-Z0-9_.:/]{1,128}$/;
const refused = /[^\p{L}\p{M}\p{Nd}_.:/]/gu;
const maxUnits = 4 * 128;
const tooLong = 'must be 1-128 characters';
const separators = /[\s-]+/gu;

export const ActivityType = {
  /** Takes a type as a client writes it and makes it canonical; says no by `RuleBroken`. */
  parse(raw: unknown): ActivityType {
    if (typeof raw === 'string' && plain.test(raw)) return raw as ActivityType;
    const canonical = canonicalOf(raw);
    if (canonical.search(refused) !== -1)
      throw new RuleBroken('must consist of letters, marks, digits and _ . : / (white space and - become _)');
    return canonical as ActivityType;
  },
  /**
   * The type for a name that another system gave, in which any character may be: each that `parse` refuses becomes `_`.
   * Says no by `RuleBroken` to what is no text, or none of 1-128 characters.
   */
  fitting: (name: unknown): ActivityType => canonicalOf(name).replace(refused, '_') as ActivityType,
  /** Takes a type back from a store that was given it by us. */
  trusted: (raw: string): ActivityType => raw as ActivityType,
};

function canonicalOf(raw: unknown): string {
  // Normalising shortens a text at most to a quarter; on a longer one it takes time out of proportion.
  const text = wellFormedText(raw, maxUnits, tooLong);
  const joined = text.trim().replace(separators, '_');
  const canonical = joined.normalize('NFC').toUpperCase().normalize('NFC');
  if (canonical === '' || isLongerThan(128, canonical)) throw new RuleBroken(tooLong);
  return canonical;
}
