import { DomainError } from './domain-error.ts';
import type { JsonValue } from './json.ts';
import { readKnownJson } from './known-json.ts';
import { isLossless } from './lossless.ts';
import { hasEscapedKey } from './parse-json.ts';
import { fitsDouble, UnfitNumber } from './unfit-number.ts';
import { Violations } from './violation.ts';

/** How many repetitions are looked at: all further ones may be of a place that is listed already. */
const maxRepetitions = 1000;

/**
 * JSON that a client sent, where what can't be kept is refused: in the place of a number that no double says is an `UnfitNumber`.
 * Throws INVALID_ACTIVITY with the paths of keys that their objects have more than once, as far as the first 1,000 repetitions
 * tell them, and SyntaxError if the text is not JSON.
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return saysAll(value, text) ? value : readExactly(text);
}

/**
 * JSON that a client sent to a door that mends: a number that no double says becomes the string of its text, and of equal keys
 * the last wins. Throws SyntaxError if the text is not JSON.
 */
export function parseMendedJson(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  if (saysAll(value, text)) return value;
  const number = (source: string): number | string => (fitsDouble(source) ? Number(source) : source);
  return readKnownJson(text, { number }) as JsonValue;
}

/** Nearly every body is read once. */
const saysAll = (value: unknown, text: string): boolean => !hasEscapedKey(text) && isLossless(text, value);

function readExactly(text: string): unknown {
  const violations = new Violations();
  let repetitions = 0;
  const value = readKnownJson(text, {
    number: (source) => (fitsDouble(source) ? Number(source) : new UnfitNumber(source)),
    repeated(path) {
      repetitions += 1;
      if (violations.full || repetitions > maxRepetitions) return;
      const place = path();
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
