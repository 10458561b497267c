import { isMembers } from '../bodies/members.ts';

// Beyond some ten thousand levels V8 writes JSON in time out of proportion, half a minute for 8 MB, or not at all.
const maxLevels = 1000;

/** Whether a JSON value has at most 1,000 levels. Goes level by level, as recursion would not come to the end of some. */
export function isShallow(value: unknown): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === maxLevels) return false;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return true;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

// A large member is written for its digest and for its letter; what nobody holds any more goes by itself.
const written = new WeakMap<object, string | undefined>();

/** The text of a JSON value; undefined if it has more than 1,000 levels. An object or array is written once: it must not change. */
export function shallowJson(value: unknown): string | undefined {
  if (!isContainer(value)) return JSON.stringify(value);
  if (written.has(value)) return written.get(value);
  const json = isShallow(value) ? JSON.stringify(value) : undefined;
  written.set(value, json);
  return json;
}

/** The text of a JSON value, however many levels it has. */
export const wholeJson = (value: unknown): string => shallowJson(value) ?? deepJson(value);

function deepJson(value: unknown): string {
  const pieces: string[] = [];
  // Text stands for itself; a value is in a list of one.
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
