import { DomainError } from './domain-error.ts';
import type { JsonValue } from './json.ts';
import { readKnownJson } from './known-json.ts';
import { isLossless } from './lossless.ts';
import { hasEscapedKey } from './parse-json.ts';
import { fitsDouble, UnfitNumber } from './unfit-number.ts';
import { Violations } from './violation.ts';

/** The maximum number of repeated keys that are examined. The list of violations sets no limit, because it names each key only once. */
const maxRepetitions = 1000;

/**
 * Parses a client's JSON without losing anything. A number that no double holds exactly becomes an `UnfitNumber`.
 * Throws INVALID_ACTIVITY if an object has a key more than once, with the path of each such key among the first 1,000 repetitions.
 * Throws SyntaxError if the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return lostNothing(value, text) ? value : readExactly(text);
}

/**
 * Parses a client's JSON for a route that mends its input instead of refusing it. A number that no double holds exactly becomes a string,
 * and the last value of a repeated key wins. Throws SyntaxError if the text is not JSON.
 */
export function parseMendedJson(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  if (lostNothing(value, text)) return value;
  const number = (source: string): number | string => (fitsDouble(source) ? Number(source) : source);
  return readKnownJson(text, { number }) as JsonValue;
}

/**
 * Parses a client's JSON with `JSON.parse`. Returns undefined if that may lose something, or if the text is not JSON. A result is equal to
 * those of `parseExactJson` and `parseMendedJson`. So a caller can parse many items at once, and parse item by item only if this fails.
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

/** Returns true only if `JSON.parse` lost nothing. Nearly every body passes, so few are parsed a second time. */
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
    throw new DomainError('INVALID_ACTIVITY', 'An object in the JSON has a key more than once.', {
      violations: violations.list,
    });
  return value;
}
