import { createHash } from 'node:crypto';
import { ActivityId, ActivityType, unlessBroken, UserId } from '@user-activity/domain';
import { reservedIds } from '../openapi/reserved-ids.ts';

const charactersOfUser = 200;
// `~` and the digest take 44 characters.
const charactersOfId = ActivityId.maxLength - 44;
// Enough for any name with white space around it; the rest of a longer text is ignored.
const maxUnitsOfName = 10_000;
const controlCharacters = /\p{Cc}/gu;
const notOfId = /[^\x21-\x7e]/gu;

/**
 * The user for a trimmed, non-empty text. A text that is not a valid user (too long, `.`, with control characters or unpaired surrogates)
 * becomes its first 200 characters, `~` and the SHA-256 of the whole in base64url, so that no two users become one.
 */
export function mendedUser(text: string): string {
  if (unlessBroken(() => UserId.parse(text)) !== undefined) return text;
  const beginning = beginningOf(text, charactersOfUser).toWellFormed().replaceAll(controlCharacters, '_');
  return `${beginning}~${digestOf(text)}`;
}

/** The id for a non-empty text. A text that is not a valid id becomes its first 84 characters, `~` and the SHA-256 of the whole. */
export function mendedId(text: string): string {
  if (unlessBroken(() => ActivityId.parse(text)) !== undefined && !reservedIds.has(text)) return text;
  return `${beginningOf(text, charactersOfId).replaceAll(notOfId, '_')}~${digestOf(text)}`;
}

/** The type for a name that is not a valid type, cut to 256 characters. Returns undefined if nothing is left. */
export function mendedType(name: string): string | undefined {
  const text = name.slice(0, maxUnitsOfName).replaceAll(controlCharacters, ' ').trim();
  const start = beginningOf(text, ActivityType.maxLength).toWellFormed();
  // Cuts again, because some characters become two or three in upper case.
  const upper = start.normalize('NFC').toUpperCase().normalize('NFC');
  return unlessBroken(() => ActivityType.parse(beginningOf(upper, ActivityType.maxLength)));
}

/** The first characters (code points) of a text. Does not read the rest. */
const beginningOf = (text: string, characters: number): string =>
  Array.from(text.slice(0, 2 * characters))
    .slice(0, characters)
    .join('');

/** The SHA-256 of a text. Unpaired surrogates have no UTF-8: such a text is hashed as UTF-16 behind a byte that UTF-8 never has. */
function digestOf(text: string): string {
  const hash = createHash('sha256');
  if (text.isWellFormed()) hash.update(text, 'utf8');
  else hash.update(Buffer.of(0xff)).update(text, 'utf16le');
  return hash.digest('base64url');
}
