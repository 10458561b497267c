import {
  maxConditions,
  maxLevels,
  maxValues,
  MetadataCondition,
  RuleBroken,
  wellFormedText,
} from '@user-activity/domain';
import { Type } from '@sinclair/typebox';
import type { FilterReader } from './filter-reader.ts';
import type { ParameterReader } from './parameter-reader.ts';

const prefix = 'metadata.';
// Node refuses requests whose URL is longer than 16 KiB, so a longer key or value cannot arrive.
const maxCharacters = 16 * 1024;
const tooLongMessage = `must be at most ${maxCharacters} characters`;

/** Makes the reader of the parameters `metadata.<path>`: at most 10 paths, and 20 values for each path. */
const conditionsReader = (
  rule: string,
  checkOthers: (reader: ParameterReader) => void,
): FilterReader<readonly MetadataCondition[]> => ({
  names: [`${prefix}<path>`],
  schemas: {
    // With the style `form`, each member of this object is a parameter, so clients can choose the names.
    metadata: Type.Unsafe({
      type: 'object',
      propertyNames: { pattern: '^metadata\\.' },
      // Client generators support neither several values for a name nor patternProperties.
      additionalProperties: { type: 'string' },
      maxProperties: maxConditions,
      description:
        `Filters of the form \`metadata.<path>=<value>\`. ${rule}The path is a list of keys, separated by \`.\`. ` +
        'Put a backslash before a `.` in a key: `metadata.a\\.b` is the key `a.b`. If the path reaches an array, each element is searched. ' +
        '`5` matches the number 5 and the string "5". `null` matches a null, but not a missing member. ' +
        `To match any of several values, repeat the parameter, at most ${maxValues} times.`,
      examples: [{ 'metadata.device.os': 'ios' }],
    }),
  },
  read(reader) {
    checkOthers(reader);
    const part = readConditions(reader);
    return { part, canonical: { metadata: part.length === 0 ? undefined : part.map(jsonOf).toSorted() } };
  },
});

/** Reads metadata conditions. The query needs `userId` or `from` as well. */
export const metadataReader = conditionsReader('They need `userId` or `from` as well. ', (reader) => {
  const [first] = reader.parametersWithPrefix(prefix);
  // An invalid `userId` or `from` is enough here, because it causes a violation of its own.
  if (first !== undefined && !reader.has('userId') && !reader.has('from'))
    reader.addViolation(first[0], 'needs userId or from as well, to limit the search');
});

/** Reads metadata conditions for the feed. They need nothing else, because the pages of the feed limit the search. */
export const feedMetadataReader = conditionsReader('', () => {});

function readConditions(reader: ParameterReader): readonly MetadataCondition[] {
  const parameters = reader.parametersWithPrefix(prefix);
  // Two parameter names with different escapes can mean the same path.
  const textsByPath = new Map<string, { readonly path: readonly string[]; readonly texts: string[] }>();
  for (const [name, values] of parameters) {
    reader.check(name, () => {
      const path = parsePath(name.slice(prefix.length));
      const pathText = JSON.stringify(path);
      const texts = textsByPath.get(pathText)?.texts ?? [];
      textsByPath.set(pathText, { path, texts });
      if (textsByPath.size > maxConditions)
        throw new RuleBroken(`exceeds the limit of ${maxConditions} metadata paths`);
      if (texts.length + values.length > maxValues)
        throw new RuleBroken(`must be given at most ${maxValues} times`);
      texts.push(...values.map((value) => wellFormedText(value, maxCharacters, tooLongMessage)));
    });
    if (textsByPath.size > maxConditions) break;
  }
  return [...textsByPath.values()].map(({ path, texts }) => ({
    path,
    scalars: MetadataCondition.scalarsOf(texts),
  }));
}

/** Parses a path such as `device.os` to its keys. A backslash escapes the next character. Throws RuleBroken for more than 16 keys. */
export function parsePath(raw: unknown): readonly string[] {
  const text = wellFormedText(raw, maxCharacters, tooLongMessage);
  if (singleBackslashAtEnd.test(text))
    throw new RuleBroken('must not end with a single backslash: write two for a backslash in a key');
  const keys = [...`.${text}`.matchAll(/\.((?:\\.|[^.\\])*)/gs)];
  if (keys.length > maxLevels) throw new RuleBroken(`must be a path of at most ${maxLevels} levels`);
  return keys.map(([, key = '']) => key.replaceAll(/\\(.)/gs, '$1'));
}

const singleBackslashAtEnd = /(?:^|[^\\])(?:\\\\)*\\$/;

const jsonOf = ({ path, scalars }: MetadataCondition): string =>
  JSON.stringify([path, [...scalars].map((scalar) => JSON.stringify(scalar)).toSorted()]);
