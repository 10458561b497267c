/** A part of a text: visible characters as they are, or the name of an invisible character, such as `U+200B`. */
export interface TextPart {
  readonly text: string;
  readonly isHidden: boolean;
}

/**
 * Matches invisible characters: control characters, format characters, which may also reorder the text around them, unpaired surrogates,
 * line and paragraph separators, and the default ignorable characters of Unicode. The exceptions are signs of the Arabic script that count
 * as format characters but are visible.
 */
const hidden =
  /(?![\u0600-\u0605\u06DD\u08E2])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/**
 * Joiners and variation selectors. They change how an emoji, or a letter of some scripts, looks. After ASCII letters they have no effect,
 * so they count as invisible there.
 */
const joiners: ReadonlySet<string> = new Set(['\u200C', '\u200D', '\uFE0E', '\uFE0F']);
/** Matches the characters whose look a joiner can change. */
const joinable = /[^\p{ASCII}\p{Cf}\p{Default_Ignorable_Code_Point}]|[#*0-9]/u;
/** A text is cut off after this number of invisible characters, because a hostile text with more would make the page slow. */
const maxHidden = 500;

/** Splits a text into visible parts and invisible characters. With `isMultiline`, tabs and line breaks count as visible. */
export function textParts(text: string, isMultiline = false): readonly TextPart[] {
  const parts: { text: string; isHidden: boolean }[] = [];
  let before = '';
  let count = 0;
  for (const character of text) {
    const isHidden = hidden.test(character) && !isSeen(character, before, isMultiline);
    before = character;
    if (isHidden) count += 1;
    if (count > maxHidden) break;
    const last = parts.at(-1);
    if (!isHidden && last?.isHidden === false) last.text += character;
    else parts.push({ text: isHidden ? nameOf(character) : character, isHidden });
  }
  return count > maxHidden ? [...parts, { text: '…', isHidden: true }] : parts;
}

/** Returns a text in which names replace invisible characters. For titles and labels, which cannot have markup. */
export const visibleText = (text: string): string =>
  textParts(text)
    .map((part) => part.text)
    .join('');

const isSeen = (character: string, before: string, isMultiline: boolean): boolean =>
  joiners.has(character) ? joinable.test(before) : isMultiline && /[\t\n\r]/.test(character);

const nameOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
