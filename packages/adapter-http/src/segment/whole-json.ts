import { isMembers } from '../bodies/members.ts';

// Beyond some ten thousand levels, V8 takes half a minute to serialize 8 MB of JSON, or fails.
const maxLevels = 1000;

/** Returns whether a JSON value has at most 1,000 levels. Reads level by level, because recursion could overflow the stack. */
export function isShallow(value: unknown): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === maxLevels) return false;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return true;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

// A large member is serialized for its digest and again for its dead letter. An entry is freed with its object.
const jsonCache = new WeakMap<object, string | undefined>();

/** Returns the JSON of a value, or undefined if the value has more than 1,000 levels. Caches results, so objects must not change. */
export function shallowJson(value: unknown): string | undefined {
  if (!isContainer(value)) return JSON.stringify(value);
  if (jsonCache.has(value)) return jsonCache.get(value);
  const json = isShallow(value) ? JSON.stringify(value) : undefined;
  jsonCache.set(value, json);
  return json;
}

/** Returns the JSON of a value with any number of levels. */
export function wholeJson(value: unknown): string {
  const json = shallowJson(value);
  if (json !== undefined) return json;
  const pieces: string[] = [];
  const open: Part[] = [[value]];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (typeof part === 'string') pieces.push(part);
    else if (isContainer(part[0])) open.push(...partsOf(part[0]).toReversed());
    else pieces.push(JSON.stringify(part[0]));
  }
  return pieces.join('');
}

/** Either JSON, or a list of the one value that is still to be serialized. */
type Part = string | readonly [value: unknown];

function partsOf(container: object): Part[] {
  const isObject = isMembers(container);
  const parts = Object.entries(container).flatMap(([key, value], index): Part[] => [
    `${index === 0 ? '' : ','}${isObject ? `${JSON.stringify(key)}:` : ''}`,
    [value],
  ]);
  return isObject ? ['{', ...parts, '}'] : ['[', ...parts, ']'];
}
