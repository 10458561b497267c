import { DomainError } from './domain-error.ts';
import type { JsonValue } from './json.ts';
import { readKnownJson } from './known-json.ts';
import { isLossless } from './lossless.ts';
import { hasEscapedKey } from './parse-json.ts';
import { fitsDouble, UnfitNumber } from './unfit-number.ts';
import { Violations } from './violation.ts';

/** The maximum number of repetitions that are examined. The list sets no bound, because it names a key once. */
const maxRepetitions = 1000;

/**
 * Parses a client's JSON without losing anything. A number that no double holds exactly becomes an `UnfitNumber`.
 * Throws INVALID_ACTIVITY with the path of each key that is repeated in its object, among the first 1,000 repetitions, and
 * SyntaxError if the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return lostNothing(value, text) ? value : readExactly(text);
}

/**
 * Parses a client's JSON for a route that mends its input: a number that no double holds exactly becomes a string of its text, and
 * the last of equal keys wins. Throws SyntaxError if the text is not JSON.
 */
export function parseMendedJson(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  if (lostNothing(value, text)) return value;
  const number = (source: string): number | string => (fitsDouble(source) ? Number(source) : source);
  return readKnownJson(text, { number }) as JsonValue;
}

/**
 * Returns what `parseExactJson` and `parseMendedJson` return, if `JSON.parse` surely loses nothing. Returns undefined for other texts,
 * also for those that are not JSON. So a caller can parse many items at once, and parse item by item only if this fails.
 */
export function parseLosslessJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return lostNothing(value, text) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Returns whether `JSON.parse` lost nothing. Nearly every body passes, and is then not read again. */
const lostNothing = (value: unknown, text: string): boolean =>
  !hasEscapedKey(text) && isLossless(text, value);

function readExactly(text: string): unknown {
  const violations = new Violations();
  let repetitions = 0;
  const value = readKnownJson(text, {
    number: (source) => (fitsDouble(source) ? Number(source) : new UnfitNumber(source)),
    repeated(path) {
      repetitions += 1;
      if (violations.full || repetitions > maxRepetitions) return;
      const place = path();
      // A key repeated more than once is reported once.
      if (!violations.list.some((violation) => violation.path === place))
        violations.add(place, 'must not be repeated: the object has this key more than once');
    },
  });
  if (violations.list.length > 0)
    throw new DomainError('INVALID_ACTIVITY', 'The JSON has a key more than once in one object.', {
      violations: violations.list,
    });
  return value;
}
