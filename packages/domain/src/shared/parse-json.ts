import type { JsonValue } from './json.ts';
import { endOfString, isSpace, readKnownJson } from './known-json.ts';

const colon = 0x3a;

/**
 * Does what `JSON.parse` does, but always returns the right keys. V8 (Node 24 and 26, https://github.com/nodejs/node/issues/63785)
 * may confuse an escaped key, such as `"\n"`, with a key of an earlier text, such as `"\\"`: it compares the source of one with
 * the characters of the other. Unescaped keys are safe, so only a text with an escaped key is read again here, in time
 * proportional to its length. Use this function for data of a store or the log: numbers become the nearest double, and the last value of a
 * repeated key wins. Throws SyntaxError if the text is not JSON.
 */
export function parseJson(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  // `JSON.parse` comes first, because `hasEscapedKey` and `readKnownJson` need a text that is JSON.
  return hasEscapedKey(text) ? (readKnownJson(text, { number: Number }) as JsonValue) : value;
}

/** Returns whether a JSON text has a key with an escape. Most texts have no backslash, and take only one `indexOf`. */
export function hasEscapedKey(text: string): boolean {
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at)) {
    at = endOfString(text, at);
    while (isSpace(text.charCodeAt(at))) at += 1;
    if (text.charCodeAt(at) === colon) return true;
  }
  return false;
}
