/** Stands for a number in a JSON text that no double holds exactly. */
export class UnfitNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** The message about an `UnfitNumber`, with the remedy. */
export const unfitNumber = 'must be a number that a double can hold exactly; send it as a string';

// A number as in RFC 8259, section 6. `String` writes every number in this way, except infinities.
const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;
// A double holds every decimal of at most 15 digits whose exponent is small.
const surelyFits = /^-?[\d.]{1,15}(?:e[+-]?\d\d?)?$/i;
const zero = 0x30;

/**
 * Returns whether a number in a JSON text stays the same decimal when it is read into a double and written again. `0.10`, `1e3`
 * and `-0` do; `9007199254740993`, `1e400`, `1e-400` and `0.1000000000000000055` do not.
 */
export function fitsDouble(source: string): boolean {
  if (surelyFits.test(source)) return true;
  const written = String(Number(source));
  return written === source || normalForm(written) === normalForm(source);
}

/** Returns the same text for equal decimals: the sign, the digits without zeros at either end, and the exponent of the last digit. */
function normalForm(text: string): string {
  const match = decimal.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  let [start, end] = [0, all.length];
  while (all.charCodeAt(start) === zero) start += 1;
  while (end > start && all.charCodeAt(end - 1) === zero) end -= 1;
  if (start === end) return '0';
  return `${sign}${all.slice(start, end)}e${Number(exponent) - fraction.length + (all.length - end)}`;
}
