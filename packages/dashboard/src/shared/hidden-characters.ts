/** A part of a text: characters to show as they are, or the names of characters that cannot be seen. */
export interface TextPart {
  readonly text: string;
  readonly isHidden: boolean;
}

/**
 * Characters that show nothing, or that change the order or the shape of others: control and format characters, and all that Unicode lets
 * programs ignore. Signs of the Arabic script that are format characters are seen, so they are no match.
 */
const hidden =
  /(?![\u0600-\u0605\u06DD\u08E2])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** What joins letters and the parts of an emoji, or chooses the picture of one. Beside plain letters, it only hides. */
const joiners: ReadonlySet<string> = new Set(['\u200C', '\u200D', '\uFE0E', '\uFE0F']);
const canJoin = /[^\p{ASCII}\p{Cf}\p{Default_Ignorable_Code_Point}]|[#*0-9]/u;
/** More names would make a page of a hostile text slow. */
const maxHidden = 500;

/** Splits a text at the characters that cannot be seen. With `hasLines`, it may have tabs and breaks of lines. */
export function textParts(text: string, hasLines = false): readonly TextPart[] {
  const parts: { text: string; isHidden: boolean }[] = [];
  let before = '';
  let count = 0;
  for (const character of text) {
    const isHidden = hidden.test(character) && !isSeen(character, before, hasLines);
    before = character;
    if (isHidden) count += 1;
    if (count > maxHidden) break;
    const last = parts.at(-1);
    if (!isHidden && last?.isHidden === false) last.text += character;
    else parts.push({ text: isHidden ? nameOf(character) : character, isHidden });
  }
  return count > maxHidden ? [...parts, { text: '…', isHidden: true }] : parts;
}

/** Returns a text with names in the place of characters that cannot be seen, for titles and labels. */
export const visibleText = (text: string): string =>
  textParts(text)
    .map((part) => part.text)
    .join('');

const isSeen = (character: string, before: string, hasLines: boolean): boolean =>
  joiners.has(character) ? canJoin.test(before) : hasLines && /[\t\n\r]/.test(character);

const nameOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
