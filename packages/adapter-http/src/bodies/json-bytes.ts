// What JSON is made of, as bytes.
export const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
const backslash = 0x5c;
const lineFeed = 0x0a;

/** The place behind the quote that ends the string. */
export function endOfString(json: Buffer, within: number): number {
  for (let at = within; at < json.length; at += 1) {
    if (json[at] === quote) return at + 1;
    if (json[at] === backslash) at += 1;
  }
  return json.length;
}

/** The place of the first byte from there on that is no white space. */
export function behindSpace(json: Buffer, start: number): number {
  let at = start;
  while (isSpace(json[at])) at += 1;
  return at;
}

/**
 * Whether a text that is no JSON looks like several values, as lines or as Fluent Bit's "json_stream": behind the first array or
 * object another begins, with white space, a comma or nothing between them. Reads no further than that.
 */
export function holdsSeveral(json: Buffer): boolean {
  const first = behindSpace(json, 0);
  if (!isOpening(json[first])) return false;
  let depth = 0;
  for (let at = first; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) at = endOfString(json, at + 1) - 1;
    else if (isOpening(byte)) depth += 1;
    else if (byte === closeBracket || byte === closeBrace) depth -= 1;
    if (depth > 0) continue;
    const next = behindSpace(json, at + 1);
    return isOpening(json[json[next] === comma ? behindSpace(json, next + 1) : next]);
  }
  return false;
}

const isOpening = (byte: number | undefined): boolean => byte === openBracket || byte === openBrace;

// No set: it takes ten times as long.
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09;
