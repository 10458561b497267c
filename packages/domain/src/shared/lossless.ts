import { isSpace } from './known-json.ts';
import { fitsDouble } from './unfit-number.ts';

const quote = 0x22;
const plus = 0x2b;
const minus = 0x2d;
const point = 0x2e;
const largeE = 0x45;
const backslash = 0x5c;
const smallE = 0x65;
// A double preserves every decimal of at most 15 digits, if its exponent is not large.
const safeLength = 15;
// Bounds the recursion, and is more than any metadata has.
const maxLevels = 64;

/** The counts of a value's content. */
interface Tally {
  keys: number;
  hasListedNumbers: boolean;
}

/**
 * Returns whether `value`, the result of `JSON.parse`, lost nothing: no object repeats a key, and each number is exactly the
 * written one. True is certain; false may be wrong, for instance if a string begins with a colon. The text must not have a key
 * with an escape. It takes a third of the time of `JSON.parse`, if the text loses nothing.
 */
export function isLossless(text: string, value: unknown): boolean {
  if (typeof value === 'number') return fitsBehind(-1, text);
  const tally: Tally = { keys: 0, hasListedNumbers: false };
  // Equal keys are one key in the value, but each has a colon in the text.
  return (
    count(value, tally, 0) &&
    tally.keys === membersIn(text) &&
    (!tally.hasListedNumbers || (allFitBehind('[', text) && allFitBehind(',', text)))
  );
}

/** Counts the content of the value. Returns false if it is nested too deep. */
function count(value: unknown, tally: Tally, level: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (level > maxLevels) return false;
  if (isList(value)) {
    for (const item of value) {
      if (typeof item === 'number') tally.hasListedNumbers = true;
      else if (!count(item, tally, level + 1)) return false;
    }
    return true;
  }
  for (const key in value) {
    tally.keys += 1;
    if (!count((value as Record<string, unknown>)[key], tally, level + 1)) return false;
  }
  return true;
}

/**
 * Returns the number of colons after an unescaped quote, which is at least the number of members. Returns NaN if a number
 * after a colon does not fit a double.
 */
function membersIn(text: string): number {
  let members = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    let before = at - 1;
    while (isSpace(text.charCodeAt(before))) before -= 1;
    if (text.charCodeAt(before) === quote && text.charCodeAt(before - 1) !== backslash) members += 1;
    if (!fitsBehind(at, text)) return Number.NaN;
  }
  return members;
}

/** Returns whether each number that follows the mark fits a double. */
function allFitBehind(mark: string, text: string): boolean {
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1))
    if (!fitsBehind(at, text)) return false;
  return true;
}

/** Returns false if a number follows the place, after white space, that does not fit a double. */
function fitsBehind(place: number, text: string): boolean {
  let start = place + 1;
  let unit = text.charCodeAt(start);
  while (isSpace(unit)) unit = text.charCodeAt((start += 1));
  if (unit !== minus && !isDigit(unit)) return true;
  let end = start;
  let hasExponent = false;
  for (; isOfNumber(unit); unit = text.charCodeAt(end)) {
    if (unit === smallE || unit === largeE) hasExponent = true;
    end += 1;
  }
  return (end - start <= safeLength && !hasExponent) || fitsDouble(text.slice(start, end));
}

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

const isOfNumber = (unit: number): boolean =>
  isDigit(unit) || unit === point || unit === minus || unit === plus || unit === smallE || unit === largeE;

const isList = (value: object): value is readonly unknown[] => Array.isArray(value);
