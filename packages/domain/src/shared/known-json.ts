import { maxPathLength, pointer } from './violation.ts';

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const endOfScalar = /[\s,\]}]|$/g;
const literals: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

type List = unknown[];
type Members = Record<string, unknown>;

/** Callbacks of `readKnownJson` for what `JSON.parse` cannot report. */
export interface JsonReading {
  /** Converts the text of a number to its value. */
  readonly number: (source: string) => unknown;
  /** Called for each key that its object already has; `path` returns the key's JSON Pointer. The last value wins. */
  readonly repeated?: (path: () => string) => void;
}

/** An array or object that is being read, and its key or index in its parent. */
interface Level {
  readonly values: List | Members;
  readonly place: string | number;
}

/**
 * Reads a text that is known to be JSON, in time proportional to its length. It does not recurse, because a text may have
 * millions of levels.
 */
export function readKnownJson(text: string, { number, repeated }: JsonReading): unknown {
  const root: List = [];
  const above: Level[] = [];
  let level: Level = { values: root, place: '' };
  let key: string | undefined;
  const add = (value: unknown): void => {
    const { values } = level;
    if (Array.isArray(values)) values.push(value);
    else if (key !== undefined) {
      const name = key;
      if (repeated !== undefined && Object.hasOwn(values, name)) repeated(() => pointer(path(), name));
      setMember(values, name, value);
    }
    key = undefined;
  };
  // The pointers of the open levels. Each is made once and only when needed, since a text may repeat a key a million times, a million levels
  // deep. The first two levels are the array around the whole value and the value itself, which are not part of a path.
  const paths = ['', ''];
  const path = (): string => {
    // Each level adds at least a slash to a path, so deeper levels lie in the part that `pointer` cuts off.
    while (paths.length <= above.length && paths.length < maxPathLength + 3)
      paths.push(pointer(paths.at(-1) ?? '', (above[paths.length] ?? level).place));
    return paths.at(-1) ?? '';
  };
  const leave = (): void => {
    if (paths.length > above.length) paths.length = above.length;
    level = above.pop() ?? level;
  };
  const enter = (values: List | Members): void => {
    const place = Array.isArray(level.values) ? level.values.length : (key ?? '');
    add(values);
    above.push(level);
    level = { values, place };
  };
  for (let at = 0; at < text.length; ) {
    const unit = text.charCodeAt(at);
    let next = at + 1;
    if (unit === quote) {
      next = endOfString(text, next);
      const string = stringIn(text, at, next);
      if (Array.isArray(level.values) || key !== undefined) add(string);
      else key = string;
    } else if (unit === openBrace) enter({});
    else if (unit === openBracket) enter([]);
    else if (unit === closeBrace || unit === closeBracket) leave();
    else if (unit !== comma && unit !== colon && !isSpace(unit)) {
      next = endOf(text, at);
      const scalar = text.slice(at, next);
      const literal = literals.get(scalar);
      add(literal === undefined ? number(scalar) : literal);
    }
    at = next;
  }
  return root[0];
}

/** Returns whether the UTF-16 code unit is JSON white space. Comparing is ten times as fast as a Set. */
export const isSpace = (unit: number): boolean =>
  unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;

/** Returns the index after the closing quote of a string. `within` is an index inside the string, but not in the middle of an escape. */
export function endOfString(text: string, within: number): number {
  for (let at = within; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === quote) return at + 1;
    if (unit === backslash) at += 1;
  }
}

/** Returns the index after the number or literal that begins at `start`. */
function endOf(text: string, start: number): number {
  endOfScalar.lastIndex = start;
  return endOfScalar.exec(text)?.index ?? text.length;
}

/** Parses one string. `JSON.parse` is safe here, because the error of V8 that `parseJson` describes affects only keys of objects. */
function stringIn(text: string, start: number, end: number): string {
  const plain = text.slice(start + 1, end - 1);
  return plain.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : plain;
}

function setMember(members: Members, key: string, value: unknown): void {
  if (key !== '__proto__') members[key] = value;
  else Object.defineProperty(members, key, { value, writable: true, enumerable: true, configurable: true });
}
