import { RuleBroken } from './violation.ts';

/**
 * Returns the value if it is a string of well-formed Unicode (no unpaired surrogates). Throws RuleBroken otherwise, with the message
 * `tooLong` if it has more than `maxUnits` UTF-16 code units. The length is checked before the content.
 */
export function wellFormedText(raw: unknown, maxUnits: number, tooLong: string): string {
  if (raw === undefined) throw new RuleBroken('is required');
  if (typeof raw !== 'string') throw new RuleBroken('must be a string');
  if (raw.length > maxUnits) throw new RuleBroken(tooLong);
  if (!raw.isWellFormed()) throw new RuleBroken('must be well-formed Unicode (it has an unpaired surrogate)');
  return raw;
}

/** Returns whether the text has more than `max` characters (Unicode code points). A very long text takes no more time. */
export function isLongerThan(max: number, text: string): boolean {
  if (text.length <= max) return false;
  if (text.length > max * 2) return true;
  return [...text].length > max;
}

/** Compares texts by code points, which is also the order of their UTF-8 bytes. JavaScript's own order is by UTF-16 code units. */
export function byCodePoints(left: string, right: string): number {
  let index = 0;
  while (index < left.length && left.charCodeAt(index) === right.charCodeAt(index)) index += 1;
  // If the texts differ in the second half of a surrogate pair, their first halves are equal, so comparing the second halves is enough.
  return (left.codePointAt(index) ?? -1) - (right.codePointAt(index) ?? -1);
}
