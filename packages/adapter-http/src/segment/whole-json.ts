import { isMembers } from '../bodies/members.ts';

// With more than about ten thousand levels, V8 takes half a minute to serialize 8 MB of JSON, or fails.
const maxLevels = 1000;

/** Returns whether a JSON value has at most 1,000 levels. Reads level by level, because recursion could overflow the stack. */
export function isShallow(value: unknown): boolean {
  let containers = [value].filter(isContainer);
  for (let depth = 0; containers.length > 0; depth += 1) {
    if (depth === maxLevels) return false;
    containers = containers.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return true;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

// A large member is serialized twice: for its digest, and for its dead letter.
const jsonCache = new WeakMap<object, string | undefined>();

/** Returns the JSON of a value, or undefined if the value has more than 1,000 levels. Caches the JSON, so objects must not change. */
export function stringifyShallow(value: unknown): string | undefined {
  if (!isContainer(value)) return JSON.stringify(value);
  if (jsonCache.has(value)) return jsonCache.get(value);
  const json = isShallow(value) ? JSON.stringify(value) : undefined;
  jsonCache.set(value, json);
  return json;
}

/** Returns the JSON of a value with any number of levels. */
export function stringifyDeep(value: unknown): string {
  const json = stringifyShallow(value);
  if (json !== undefined) return json;
  const texts: string[] = [];
  const pending: Piece[] = [[value]];
  for (let piece = pending.pop(); piece !== undefined; piece = pending.pop()) {
    if (typeof piece === 'string') texts.push(piece);
    else if (isContainer(piece[0])) pending.push(...piecesOf(piece[0]).toReversed());
    else texts.push(JSON.stringify(piece[0]));
  }
  return texts.join('');
}

/** A piece of JSON text, or a tuple with a value that is still to be serialized. */
type Piece = string | readonly [value: unknown];

function piecesOf(container: object): Piece[] {
  const isObject = isMembers(container);
  const pieces = Object.entries(container).flatMap(([key, value], index): Piece[] => [
    `${index === 0 ? '' : ','}${isObject ? `${JSON.stringify(key)}:` : ''}`,
    [value],
  ]);
  return isObject ? ['{', ...pieces, '}'] : ['[', ...pieces, ']'];
}
