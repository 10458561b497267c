import { isPlainObject, type JsonObject, type JsonValue } from '../shared/json.ts';
import { fitsDouble } from '../shared/unfit-number.ts';
import { RuleBroken } from '../shared/violation.ts';

/** A JSON value without members or items. */
export type JsonScalar = string | number | boolean | null;

/** A condition on one member of the metadata. Plain data, so that it can be sent to another thread. */
export interface MetadataCondition {
  /** The 1 to 16 keys that lead to the member. Keys may be empty. */
  readonly path: readonly string[];
  /** The values that match. */
  readonly scalars: ReadonlySet<JsonScalar>;
}

/** The maximum number of keys in the path of a condition. */
export const maxLevels = 16;
/** The maximum number of scalars that one text can mean: the string itself, and one number or literal. */
const maxMeanings = 2;
// A number as in RFC 8259, section 6.
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const literals: ReadonlyMap<string, JsonScalar> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

export const MetadataCondition = {
  /** Throws RuleBroken if the path has no key or more than 16, or if there are more scalars than `maxTexts` texts can mean. */
  assertWithinLimits({ path, scalars }: MetadataCondition, maxTexts: number): void {
    if (path.length === 0 || path.length > maxLevels)
      throw new RuleBroken(`must have paths of 1 to ${maxLevels} keys`);
    if (scalars.size > maxMeanings * maxTexts)
      throw new RuleBroken(`must have at most ${maxMeanings * maxTexts} scalars for each path`);
  },
  /**
   * Returns every scalar that one of the texts can mean: the string itself, and the number or literal (`true`, `false`, `null`)
   * that it is in JSON. A number that no double holds exactly, such as 9007199254740993, is only a string, as in metadata.
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
   * Returns whether the metadata has one of the scalars at the path, by the rules of MongoDB's query paths,
   * https://www.mongodb.com/docs/manual/tutorial/query-array-of-documents/. If an array lies on the path, each object in it is
   * searched, and a key that is an index leads to that item. An array at the end of the path matches if any item does. Arrays
   * in arrays are searched only if an index leads to them. A missing member matches nothing.
   */
  matches: ({ path, scalars }: MetadataCondition, metadata: JsonObject): boolean =>
    memberMatches(metadata, path, 0, scalars),
};

/** Returns whether the keys of the path from `level` on lead from the object to one of the scalars. */
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

/** Returns whether the keys of the path from `level` on lead from the array to one of the scalars. */
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
