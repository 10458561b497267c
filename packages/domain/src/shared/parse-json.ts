import type { JsonValue } from './json.ts';

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const space = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * `JSON.parse`, with the keys that the text has. V8's own (Node 24 and 26, https://github.com/nodejs/node/issues/63785) may
 * take a key with an escape, such as `"\n"`, for another that some text before had, such as `"\\"`: it compares the source
 * of the one with the characters of the other. Keys without an escape are safe, so those with one are parsed under other names.
 * Throws SyntaxError.
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
  let rewritten = '';
  let copied = 0;
  for (let start = text.indexOf('"'); start !== -1; ) {
    const end = endOfString(text, start);
    let next = end;
    while (space.has(text.charCodeAt(next))) next += 1;
    if (text.charCodeAt(next) === colon) {
      const source = text.slice(start, end);
      if (source.includes('\\')) {
        rewritten += text.slice(copied, start) + renamed(JSON.parse(source) as string, prefix, names);
        copied = end;
      }
    }
    start = text.indexOf('"', end);
  }
  if (copied === 0) return value;
  const parsed = JSON.parse(rewritten + text.slice(copied)) as JsonValue;
  if (names.size > 0) renameKeys(parsed, new Map([...names].map(([key, name]) => [name, key])));
  return parsed;
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

function renameKeys(root: JsonValue, keys: ReadonlyMap<string, string>): void {
  const open: JsonValue[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    for (const name of Object.keys(value)) {
      const member = Reflect.get(value, name) as JsonValue;
      open.push(member);
      const key = keys.get(name);
      if (key === undefined) continue;
      Reflect.deleteProperty(value, name);
      Reflect.set(value, key, member);
    }
  }
}
