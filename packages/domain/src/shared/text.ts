import { RuleBroken } from './violation.ts';

/**
 * The raw value as a string of well-formed Unicode (no unpaired surrogate), or a broken rule. One of more than `maxUnits` UTF-16
 * code units is `tooLong` before anything else is looked at.
 */
export function wellFormedText(raw: unknown, maxUnits: number, tooLong: string): string {
  if (raw === undefined) throw new RuleBroken('is required');
  if (typeof raw !== 'string') throw new RuleBroken('must be a string');
  if (raw.length > maxUnits) throw new RuleBroken(tooLong);
  if (!raw.isWellFormed()) throw new RuleBroken('must be well-formed Unicode (it has an unpaired surrogate)');
  return raw;
}

/** Whether the text has more than `most` characters (Unicode code points), without counting a long one to its end. */
export function isLongerThan(most: number, text: string): boolean {
  if (text.length <= most) return false;
  if (text.length > most * 2) return true;
  return [...text].length > most;
}
