import { createHash } from 'node:crypto';
import { ActivityId, ActivityType, unlessBroken, UserId } from '@user-activity/domain';
import { reservedIds } from '../openapi/reserved-ids.ts';

const charactersOfUser = 200;
// Of the 128 of an id, less `~` and the 43 of a digest.
const charactersOfId = 84;
const charactersOfType = 256;
const controlCharacters = /\p{Cc}/gu;
const notOfId = /[^\x21-\x7e]/gu;

/**
 * The user that a text of at least one character names, trimmed. One that no user can be called (too long, `.`, with control
 * characters or unpaired surrogates) is its first 200 characters, `~` and the SHA-256 of the whole in base64url: so no two users
 * become one.
 */
export function mendedUser(text: string): string {
  if (unlessBroken(() => UserId.parse(text)) !== undefined) return text;
  const beginning = beginningOf(text, charactersOfUser).toWellFormed().replaceAll(controlCharacters, '_');
  return `${beginning}~${digestOf(text)}`;
}

/** The id for a text of at least one character. One that can't be an id is its first 84 characters, `~` and the SHA-256 of the whole. */
export function mendedId(text: string): string {
  if (unlessBroken(() => ActivityId.parse(text)) !== undefined && !reservedIds.has(text)) return text;
  return `${beginningOf(text, charactersOfId).replaceAll(notOfId, '_')}~${digestOf(text)}`;
}

/** The type for the name of an event: well-formed, without control characters, cut to 256 characters. Undefined if nothing is left. */
export function mendedType(name: string): string | undefined {
  const start = beginningOf(name.trim(), charactersOfType).toWellFormed();
  // As long as it is in the end: some characters are two or three in upper case.
  const upper = start.normalize('NFC').toUpperCase().normalize('NFC');
  const text = beginningOf(upper, charactersOfType).replaceAll(controlCharacters, asInType);
  return unlessBroken(() => ActivityType.parse(text));
}

/** White space among the control characters is for the type to judge. */
const asInType = (character: string): string => (character.trim() === '' ? character : '_');

/** The first characters (code points) of a text, without looking at the rest of a long one. */
const beginningOf = (text: string, characters: number): string =>
  Array.from(text.slice(0, 2 * characters))
    .slice(0, characters)
    .join('');

/** Of texts with unpaired surrogates too no two have the same: UTF-8 has no such characters, and no byte 0xff. */
function digestOf(text: string): string {
  const hash = createHash('sha256');
  if (text.isWellFormed()) hash.update(text, 'utf8');
  else hash.update(Buffer.of(0xff)).update(text, 'utf16le');
  return hash.digest('base64url');
}
