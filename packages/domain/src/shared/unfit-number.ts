/** Stands for a number of a JSON text that no double says: it would come out as another one. */
export class UnfitNumber {
  /** As the text has it. */
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What is wrong with an `UnfitNumber`, and the remedy. */
export const unfitNumber = 'must be a number that a double can hold exactly; send it as a string';

// RFC 8259, section 6; `String` writes numbers in the same way, but for infinities.
const decimal = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;
// At most 15 digits, and far from the ends of the doubles.
const surelyFits = /^-?[\d.]{1,15}(?:e[+-]?\d\d?)?$/i;
const zero = 0x30;

/**
 * Whether the number of a JSON text comes out as the same decimal once a double has held it: `0.10`, `1e3` and `-0` do, but not
 * `9007199254740993`, `1e400`, `1e-400` or `0.1000000000000000055`.
 */
export function fitsDouble(source: string): boolean {
  if (surelyFits.test(source)) return true;
  const written = String(Number(source));
  return written === source || isSameDecimal(written, source);
}

function isSameDecimal(one: string, other: string): boolean {
  const [left, right] = [decimalIn(one), decimalIn(other)];
  return (
    left !== undefined &&
    right !== undefined &&
    left.digits === right.digits &&
    (left.digits === '' || (left.sign === right.sign && left.exponent === right.exponent))
  );
}

interface Decimal {
  readonly sign: string;
  /** Without zeros at either end; empty for 0. */
  readonly digits: string;
  /** The power of ten of the last digit. */
  readonly exponent: number;
}

function decimalIn(text: string): Decimal | undefined {
  const match = decimal.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  let [start, end] = [0, all.length];
  while (all.charCodeAt(start) === zero) start += 1;
  while (end > start && all.charCodeAt(end - 1) === zero) end -= 1;
  return {
    sign,
    digits: all.slice(start, end),
    exponent: Number(exponent) - fraction.length + (all.length - end),
  };
}
