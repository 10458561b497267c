import type { JsonValue } from './json.ts';
import { endOfString, isSpace, readKnownJson } from './known-json.ts';

const colon = 0x3a;

/**
 * `JSON.parse`, with the keys that the text has. V8's own (Node 24 and 26, https://github.com/nodejs/node/issues/63785) may
 * take a key with an escape, such as `"\n"`, for another that an earlier text had, such as `"\\"`: it compares the source of
 * the one with the characters of the other. Keys without an escape are safe, so only a text that has an escaped key is read
 * again here, in time proportional to its length. For what a store or the log holds: numbers become the nearest double, and of
 * equal keys the last wins. Throws SyntaxError if the text is not JSON.
 */
export function parseJson(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  // What follows relies on the text being JSON.
  return hasEscapedKey(text) ? (readKnownJson(text, { number: Number }) as JsonValue) : value;
}

/** Whether a text that is JSON has a key with an escape. Looks only at strings with one: without a backslash it is one native search. */
export function hasEscapedKey(text: string): boolean {
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at)) {
    at = endOfString(text, at);
    while (isSpace(text.charCodeAt(at))) at += 1;
    if (text.charCodeAt(at) === colon) return true;
  }
  return false;
}
