import { isMembers } from '../bodies/members.ts';

// Beyond some ten thousand levels, V8 takes half a minute to serialize 8 MB of JSON, or fails.
const maxLevels = 1000;

/** Whether a JSON value has at most 1,000 levels. Works level by level, because recursion could overflow the stack. */
export function isShallow(value: unknown): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === maxLevels) return false;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return true;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

// Caches JSON texts: a large member is serialized for its digest and again for its dead letter. An entry is freed with its object.
const jsonCache = new WeakMap<object, string | undefined>();

/** The JSON text of a value; undefined if it has more than 1,000 levels. Texts are cached, so objects and arrays must not change. */
export function shallowJson(value: unknown): string | undefined {
  if (!isContainer(value)) return JSON.stringify(value);
  if (jsonCache.has(value)) return jsonCache.get(value);
  const json = isShallow(value) ? JSON.stringify(value) : undefined;
  jsonCache.set(value, json);
  return json;
}

/** Returns the JSON text of a value with any number of levels. */
export const wholeJson = (value: unknown): string => shallowJson(value) ?? deepJson(value);

function deepJson(value: unknown): string {
  const pieces: string[] = [];
  // A string is JSON text. A list holds one value that is still to be serialized.
  const open: (string | readonly [unknown])[] = [[value]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') pieces.push(next);
    else {
      const [whole] = next;
      if (typeof whole !== 'object' || whole === null) pieces.push(JSON.stringify(whole));
      else open.push(...partsOf(whole).toReversed());
    }
  }
  return pieces.join('');
}

function partsOf(whole: object): (string | readonly [unknown])[] {
  const members = Object.entries(whole);
  const [begin, end] = isMembers(whole) ? ['{', '}'] : ['[', ']'];
  const parts: (string | readonly [unknown])[] = [begin];
  for (const [index, [key, member]] of members.entries()) {
    if (index > 0) parts.push(',');
    if (isMembers(whole)) parts.push(`${JSON.stringify(key)}:`);
    parts.push([member]);
  }
  return [...parts, end];
}
