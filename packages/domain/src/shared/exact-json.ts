import { DomainError } from './domain-error.ts';
import type { JsonValue } from './json.ts';
import { type JsonReading, readKnownJson } from './known-json.ts';
import { isLossless } from './lossless.ts';
import { hasEscapedKey } from './parse-json.ts';
import { fitsDouble, UnfitNumber } from './unfit-number.ts';
import { pointer, Violations } from './violation.ts';

/**
 * JSON that a client sent, where what can't be kept is refused: in the place of a number that no double says is an `UnfitNumber`.
 * Throws INVALID_ACTIVITY with the path of each key that its object has twice, and SyntaxError if the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  const violations = new Violations();
  const value = parseBy(text, {
    number: (source) => (fitsDouble(source) ? Number(source) : new UnfitNumber(source)),
    repeated(path) {
      if (violations.full) return;
      const place = pointer('', ...path);
      // A third copy is nothing new.
      if (!violations.list.some((violation) => violation.path === place))
        violations.add(place, 'must not be repeated: its object has the key more than once');
    },
  });
  if (violations.list.length > 0)
    throw new DomainError('INVALID_ACTIVITY', 'The JSON has a key more than once in one object.', {
      violations: violations.list,
    });
  return value;
}

/**
 * JSON that a client sent to a door that mends: a number that no double says becomes the string of its text, and of equal keys
 * the last wins. Throws SyntaxError if the text is not JSON.
 */
export const parseMendedJson = (text: string): JsonValue =>
  parseBy(text, { number: (source) => (fitsDouble(source) ? Number(source) : source) }) as JsonValue;

/** Reads a second time only what has to be: nearly no body does. */
function parseBy(text: string, reading: JsonReading): unknown {
  const value: unknown = JSON.parse(text);
  return !hasEscapedKey(text) && isLossless(text, value) ? value : readKnownJson(text, reading);
}
