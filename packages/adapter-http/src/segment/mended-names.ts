import { hash } from 'node:crypto';
import { ActivityId, ActivityType, PublicId, unlessBroken, UserId } from '@user-activity/domain';
import { reservedIds } from '../openapi/reserved-ids.ts';

const keptCharactersOfUser = 200;
// `~` and the digest take the other 44 characters.
const keptCharactersOfId = ActivityId.maxLength - 44;
// In UTF-16 code units. Limits the work on a long name, and still leaves room for white space around a valid type.
const maxUnitsOfName = 10_000;
const controlCharacters = /\p{Cc}/gu;
const invalidInId = /[^\x21-\x7e]/gu;

/**
 * Returns a valid user id for a trimmed, non-empty text. A text that is invalid (too long, `.`, with control characters or unpaired
 * surrogates) is cut to 200 characters, followed by `~` and the SHA-256 of the whole text in base64url. So different texts remain different
 * users.
 */
export function mendUserId(text: string): string {
  if (unlessBroken(() => UserId.parse(text)) !== undefined) return text;
  const beginning = beginningOf(text, keptCharactersOfUser).toWellFormed().replaceAll(controlCharacters, '_');
  return `${beginning}~${digestOf(text)}`;
}

/**
 * Returns whether clients must not use an id, although it is valid: it is a path below `/api/logs`, or has the prefix of the ids of public
 * keys.
 */
export const isReserved = (id: string): boolean => reservedIds.has(id) || id.startsWith(PublicId.prefix);

/**
 * Returns a valid id for a non-empty text. A text that is invalid or reserved is cut to 84 characters, followed by `~` and the SHA-256 of
 * the whole text. The dot of the reserved prefix becomes `_`.
 */
export function mendId(text: string, isForbidden = isReserved): string {
  if (unlessBroken(() => ActivityId.parse(text)) !== undefined && !isForbidden(text)) return text;
  const beginning = beginningOf(text, keptCharactersOfId).replaceAll(invalidInId, '_');
  return `${isForbidden(beginning) ? beginning.replace('.', '_') : beginning}~${digestOf(text)}`;
}

/** Makes a valid type of a name that is not a valid type. Cuts the name to 256 characters. Returns undefined for a blank name. */
export function mendType(name: string): string | undefined {
  const text = name.slice(0, maxUnitsOfName).replaceAll(controlCharacters, ' ').trim();
  const cut = beginningOf(text, ActivityType.maxLength).toWellFormed();
  // Converting to upper case turns some characters into two or three, so the result is cut again.
  const upperCase = cut.normalize('NFC').toUpperCase().normalize('NFC');
  return unlessBroken(() => ActivityType.parse(beginningOf(upperCase, ActivityType.maxLength)));
}

/** Returns the first characters (code points) of a text. */
const beginningOf = (text: string, characters: number): string =>
  Array.from(text.slice(0, 2 * characters))
    .slice(0, characters)
    .join('');

function digestOf(text: string): string {
  // UTF-8 cannot encode unpaired surrogates, so such a text is hashed as UTF-16, after a byte that UTF-8 never has.
  const bytes = text.isWellFormed() ? text : Buffer.concat([Buffer.of(0xff), Buffer.from(text, 'utf16le')]);
  return hash('sha256', bytes, 'base64url');
}
