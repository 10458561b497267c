export const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
const backslash = 0x5c;
const lineFeed = 0x0a;

/** Returns the index after the quote that ends a string. `start` must be inside the string. */
export function endOfString(json: Buffer, start: number): number {
  for (let at = start; at < json.length; at += 1) {
    if (json[at] === quote) return at + 1;
    if (json[at] === backslash) at += 1;
  }
  return json.length;
}

/** Returns the index of the first byte from `start` that is not white space. */
export function behindSpace(json: Buffer, start: number): number {
  let at = start;
  while (isSpace(json[at])) at += 1;
  return at;
}

/**
 * Returns whether malformed JSON looks like several values, such as lines or Fluent Bit's "json_stream": another array or object follows
 * the first, directly or after white space or a comma.
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

// A Set would be ten times slower.
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09;

// V8 takes less memory for a container and its members, but the estimate must include garbage that is not collected yet.
const containerBytes = 150;
const memberBytes = 40;

/** Estimates the memory that the parsed values of JSON take, in bytes. */
export function valueBytes(json: Buffer): number {
  let bytes = 0;
  for (const byte of json) {
    if (byte === comma) bytes += memberBytes;
    else if (byte === openBracket || byte === openBrace) bytes += containerBytes;
  }
  return bytes;
}

/** Returns whether JSON has more than `maxLevels` levels. Also counts brackets in strings, so use this only for long JSON. */
export function isDeeperThan(maxLevels: number, json: Buffer): boolean {
  let level = 0;
  for (const byte of json) {
    if (byte === openBracket || byte === openBrace) level += 1;
    else if (byte === closeBracket || byte === closeBrace) level -= 1;
    if (level > maxLevels) return true;
  }
  return false;
}
