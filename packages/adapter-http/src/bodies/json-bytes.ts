export const quote = 0x22;
export const comma = 0x2c;
export const colon = 0x3a;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const backslash = 0x5c;
const lineFeed = 0x0a;

/** Returns the index after the quote that ends a string. `start` must be inside the string. */
export function endOfString(json: Buffer, start: number): number {
  for (let index = start; index < json.length; index += 1) {
    if (json[index] === quote) return index + 1;
    if (json[index] === backslash) index += 1;
  }
  return json.length;
}

/** Returns the index of the first byte at or after `start` that is not white space. */
export function skipSpace(json: Buffer, start: number): number {
  let index = start;
  while (isSpace(json[index])) index += 1;
  return index;
}

/**
 * Returns whether malformed JSON looks like several values, such as lines or Fluent Bit's "json_stream". This is so if another array or
 * object follows the first, directly or after white space or a comma.
 */
export function holdsSeveralValues(json: Buffer): boolean {
  const start = skipSpace(json, 0);
  if (!isOpeningBracket(json[start])) return false;
  let depth = 0;
  for (let index = start; index < json.length; index += 1) {
    const byte = json[index];
    if (byte === quote) index = endOfString(json, index + 1) - 1;
    else if (isOpeningBracket(byte)) depth += 1;
    else if (byte === closeBracket || byte === closeBrace) depth -= 1;
    if (depth > 0) continue;
    const next = skipSpace(json, index + 1);
    return isOpeningBracket(json[json[next] === comma ? skipSpace(json, next + 1) : next]);
  }
  return false;
}

const isOpeningBracket = (byte: number | undefined): boolean => byte === openBracket || byte === openBrace;

// A Set would be ten times slower.
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === lineFeed || byte === 0x0d || byte === 0x09;

// V8 takes less memory for an array or object and its members, but the estimate also covers garbage that is not collected yet.
const bytesPerContainer = 150;
const bytesPerMember = 40;

/**
 * An estimate of the memory, in bytes, that a byte of JSON adds to the parsed value: an opening bracket adds an array or object, and a
 * comma adds a member. All other bytes add 0.
 */
export const valueBytesPerByte: Uint8Array = new Uint8Array(256);
valueBytesPerByte[comma] = bytesPerMember;
valueBytesPerByte[openBracket] = bytesPerContainer;
valueBytesPerByte[openBrace] = bytesPerContainer;

/** Estimates how much memory JSON takes once it is parsed, in bytes. */
export function estimateValueBytes(json: Buffer): number {
  let total = 0;
  for (let index = 0; index < json.length; index += 1) total += valueBytesPerByte[json[index] ?? 0] ?? 0;
  return total;
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
