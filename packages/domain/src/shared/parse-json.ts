import type { JsonValue } from './json.ts';

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const mostSpellings = 10_000;
const space = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * `JSON.parse`, with the keys that the text has. V8's own (Node 24 and 26, https://github.com/nodejs/node/issues/63785) may
 * take a key with an escape, such as `"\n"`, for another that some text before had, such as `"\\"`: it compares the source
 * of the one with the characters of the other. Keys without an escape are safe, so those with one are parsed under other names.
 * Throws SyntaxError; and RangeError where a text has more than 10,000 different keys with an escape, which no client has a
 * use for, and which would take seconds (RFC 8259, section 9: an implementation may set limits).
 */
export function parseJson(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  // What follows relies on the text being JSON.
  return text.includes('\\') ? withKeysOf(text, value) : value;
}

function withKeysOf(text: string, value: JsonValue): JsonValue {
  // Nothing in the text begins with it, and nobody can guess it: to look for it once is enough.
  let prefix = '';
  while (text.includes(prefix)) prefix = `#${Math.random().toString(36).slice(2)}-`;
  const names = new Map<string, string>();
  /** By how a key is spelt in the text: few spellings, many times. */
  const spellings = new Map<string, string>();
  let rewritten = '';
  let copied = 0;
  for (let start = text.indexOf('"'); start !== -1; ) {
    const end = endOfString(text, start);
    let next = end;
    while (space.has(text.charCodeAt(next))) next += 1;
    if (text.charCodeAt(next) === colon) {
      const source = text.slice(start, end);
      if (source.includes('\\')) {
        let spelling = spellings.get(source);
        if (spelling === undefined) {
          if (spellings.size === mostSpellings)
            throw new RangeError('It has too many different keys with an escape.');
          spelling = renamed(JSON.parse(source) as string, prefix, names);
          spellings.set(source, spelling);
        }
        rewritten += text.slice(copied, start) + spelling;
        copied = end;
      }
    }
    start = text.indexOf('"', end);
  }
  if (copied === 0) return value;
  const parsed = JSON.parse(rewritten + text.slice(copied)) as JsonValue;
  return names.size === 0
    ? parsed
    : renameKeys(parsed, new Map([...names].map(([key, name]) => [name, key])));
}

/** Where the string that starts there ends, behind its quote. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes += 1;
    if (escapes % 2 === 0 && text.charCodeAt(end) === quote) return end + 1;
  }
}

/** The key spelt without an escape: as it is where that is possible, else by a name that stands for it. */
function renamed(key: string, prefix: string, names: Map<string, string>): string {
  const plain = JSON.stringify(key);
  if (!plain.includes('\\')) return plain;
  const name = names.get(key) ?? `${prefix}${names.size}`;
  names.set(key, name);
  return `"${name}"`;
}

/** The value under the keys that the names stand for. Objects that change are made anew: to delete a key makes them slow. */
function renameKeys(root: JsonValue, keys: ReadonlyMap<string, string>): JsonValue {
  const holder: [JsonValue] = [root];
  const open: object[] = [holder];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const name of Object.keys(parent)) {
      const member = Reflect.get(parent, name) as JsonValue;
      if (typeof member !== 'object' || member === null) continue;
      const replacement = withKeys(member, keys);
      if (replacement !== member) Object.defineProperty(parent, name, { value: replacement });
      open.push(replacement);
    }
  }
  return holder[0];
}

function withKeys(value: object, keys: ReadonlyMap<string, string>): object {
  if (Array.isArray(value) || !Object.keys(value).some((name) => keys.has(name))) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [keys.get(name) ?? name, member as unknown]),
  );
}
