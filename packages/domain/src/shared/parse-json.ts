import type { JsonValue } from './json.ts';

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const space = new Set([0x20, 0x09, 0x0a, 0x0d]);
const endOfScalar = /[\s,\]}]|$/g;

type List = JsonValue[];
type Members = Record<string, JsonValue>;

/**
 * `JSON.parse`, with the keys that the text has. V8's own (Node 24 and 26, https://github.com/nodejs/node/issues/63785) may
 * take a key with an escape, such as `"\n"`, for another that an earlier text had, such as `"\\"`: it compares the source of
 * the one with the characters of the other. Keys without an escape are safe, so only a text that has an escaped key is read
 * again here, in time proportional to its length. Throws SyntaxError if the text is not JSON.
 */
export function parseJson(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  // What follows relies on the text being JSON.
  return hasEscapedKey(text) ? readKnownJson(text) : value;
}

/** Looks only at strings with an escape: a text without a backslash costs one native search. */
function hasEscapedKey(text: string): boolean {
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at)) {
    at = endOfString(text, at);
    while (space.has(text.charCodeAt(at))) at += 1;
    if (text.charCodeAt(at) === colon) return true;
  }
  return false;
}

/** Where the string ends, behind its quote, given a place within it that is no second half of an escape. */
function endOfString(text: string, within: number): number {
  for (let at = within; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === quote) return at + 1;
    if (unit === backslash) at += 1;
  }
}

/** Reads a text that is known to be JSON. Without recursion, as a text may have millions of levels. */
function readKnownJson(text: string): JsonValue {
  const root: List = [];
  const above: (List | Members)[] = [];
  let parent: List | Members = root;
  let key: string | undefined;
  const add = (value: JsonValue): void => {
    if (Array.isArray(parent)) parent.push(value);
    else if (key !== undefined) setMember(parent, key, value);
    key = undefined;
  };
  const enter = (child: List | Members): void => {
    add(child);
    above.push(parent);
    parent = child;
  };
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at);
    let next = at + 1;
    if (unit === quote) {
      next = endOfString(text, next);
      const string = stringIn(text, at, next);
      if (Array.isArray(parent) || key !== undefined) add(string);
      else key = string;
    } else if (unit === openBrace) enter({});
    else if (unit === openBracket) enter([]);
    else if (unit === closeBrace || unit === closeBracket) parent = above.pop() ?? root;
    else if (unit !== comma && unit !== colon && !space.has(unit)) {
      next = endOf(text, at);
      add(JSON.parse(text.slice(at, next)) as JsonValue);
    }
    at = next;
  }
  return root[0] ?? null;
}

/** Where the number or literal ends. */
function endOf(text: string, start: number): number {
  endOfScalar.lastIndex = start;
  return endOfScalar.exec(text)?.index ?? text.length;
}

/** V8 reads a string by itself as it should. */
function stringIn(text: string, start: number, end: number): string {
  const plain = text.slice(start + 1, end - 1);
  return plain.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : plain;
}

function setMember(members: Members, key: string, value: JsonValue): void {
  if (key !== '__proto__') members[key] = value;
  else Object.defineProperty(members, key, { value, writable: true, enumerable: true, configurable: true });
}
