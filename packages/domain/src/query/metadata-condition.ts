import { isPlainObject, type JsonObject, type JsonValue } from '../shared/json.ts';
import { wellFormedText } from '../shared/text.ts';
import { fitsDouble } from '../shared/unfit-number.ts';
import { RuleBroken } from '../shared/violation.ts';

/** A JSON value that has no members. */
export type JsonScalar = string | number | boolean | null;

/** A member of the metadata, and what it is to be. Plain data, so that it can be handed to another thread. */
export interface MetadataCondition {
  /** The keys that lead to the member: 1 to 16 of them, any of which may be empty. */
  readonly path: readonly string[];
  /** Any of these will do. */
  readonly scalars: ReadonlySet<JsonScalar>;
}

const mostLevels = 16;
// A question comes in a URL, of which Node takes 16 KiB: a longer key or value can't be asked for.
const maxUnits = 16 * 1024;
const tooLong = `must be at most ${maxUnits} characters`;
// RFC 8259, section 6.
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const literals: ReadonlyMap<string, JsonScalar> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

export const MetadataCondition = {
  /**
   * The keys of a path such as `device.os`: joined by `.`, where a backslash makes the next character plain, so `\.` is a
   * dot of a key and `\\` a backslash. Says no by `RuleBroken`: more than 16 keys, or a backslash at the end.
   */
  parsePath(raw: unknown): readonly string[] {
    const text = wellFormedText(raw, maxUnits, tooLong);
    const path = [''];
    const characters = text[Symbol.iterator]();
    for (let next = characters.next(); next.done !== true; next = characters.next()) {
      if (next.value === '.') {
        path.push('');
        if (path.length > mostLevels) throw new RuleBroken(`must be a path of at most ${mostLevels} levels`);
        continue;
      }
      if (next.value === '\\') next = characters.next();
      if (next.done === true)
        throw new RuleBroken('must not end with a single backslash, which makes the next character plain');
      path[path.length - 1] += next.value;
    }
    return path;
  },
  /** Takes a value as a query has it. Throws RuleBroken. */
  parseText: (raw: unknown): string => wellFormedText(raw, maxUnits, tooLong),
  /**
   * Every scalar that one of the texts means: the string itself, and the number or the literal `true`, `false` or `null`
   * that it is in JSON. A number that no double says, such as 9007199254740993, is the string alone: metadata holds it as one.
   */
  scalarsOf(texts: readonly string[]): ReadonlySet<JsonScalar> {
    const scalars = new Set<JsonScalar>(texts);
    for (const text of texts) {
      const literal = literals.get(text);
      if (literal !== undefined) scalars.add(literal);
      if (jsonNumber.test(text) && fitsDouble(text)) scalars.add(Number(text));
    }
    return scalars;
  },
  /**
   * Whether the metadata holds one of the scalars at the path. The semantics are those of a path in a query of MongoDB,
   * https://www.mongodb.com/docs/manual/tutorial/query-array-of-documents/: where an array lies on the path, each object in it
   * is looked into, and a key that is the index of an item leads to that item; an array at the end of the path matches by any
   * of its items. Arrays in arrays are not searched, unless an index leads to them. A member that is not there matches nothing.
   */
  matches: ({ path, scalars }: MetadataCondition, metadata: JsonObject): boolean =>
    memberMatches(metadata, path, 0, scalars),
};

/** Whether the member that the object has under the key at `level` leads to a match. */
function memberMatches(
  object: JsonObject,
  path: readonly string[],
  level: number,
  scalars: ReadonlySet<JsonScalar>,
): boolean {
  const key = path[level] ?? '';
  if (!Object.hasOwn(object, key)) return false;
  const member = object[key] ?? null;
  if (isList(member)) return itemMatches(member, path, level + 1, scalars);
  if (level === path.length - 1) return isOneOf(member, scalars);
  return isPlainObject(member) && memberMatches(member, path, level + 1, scalars);
}

/** Whether an item of the array leads to a match by the keys from `level` on. */
function itemMatches(
  items: readonly JsonValue[],
  path: readonly string[],
  level: number,
  scalars: ReadonlySet<JsonScalar>,
): boolean {
  const [key, isLast] = [path[level], level === path.length - 1];
  return items.some((item, index) => {
    if (key === undefined) return isOneOf(item, scalars);
    if (isPlainObject(item) && memberMatches(item, path, level, scalars)) return true;
    if (key !== String(index)) return false;
    if (isLast) return isOneOf(item, scalars);
    if (isList(item)) return itemMatches(item, path, level + 1, scalars);
    return isPlainObject(item) && memberMatches(item, path, level + 1, scalars);
  });
}

const isOneOf = (value: JsonValue, scalars: ReadonlySet<JsonScalar>): boolean =>
  scalars.has(value as JsonScalar);

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
