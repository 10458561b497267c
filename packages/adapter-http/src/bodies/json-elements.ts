import { RuleBroken } from '@user-activity/domain';
import {
  skipSpace,
  closeBrace,
  closeBracket,
  colon,
  comma,
  endOfString,
  openBrace,
  openBracket,
  quote,
} from './json-bytes.ts';
import { turns } from './turns.ts';

// These two check only the first byte that is not white space.
export const isArrayText = (json: Buffer): boolean => json[skipSpace(json, 0)] === openBracket;
export const isObjectText = (json: Buffer): boolean => json[skipSpace(json, 0)] === openBrace;

/** Yields the JSON text of each item of a JSON array, unchecked. Throws RuleBroken if the brackets or commas around them are wrong. */
export const itemsIn = (json: Buffer): Generator<Buffer> => elementsIn(json, openBracket, closeBracket);

/**
 * Returns the JSON texts of the named members of a JSON object. The names must be ASCII. If a name is repeated, its last member counts.
 * Does not parse the values. Lets other requests run in between. Throws RuleBroken if the object is malformed.
 */
export async function membersNamed<Name extends string>(
  json: Buffer,
  names: readonly Name[],
): Promise<ReadonlyMap<Name, Buffer>> {
  const turn = turns.begin();
  const textByName = new Map<Name, Buffer>();
  // An escaped character takes six bytes.
  const maxKeyBytes = 6 * Math.max(...names.map((name) => name.length));
  let memberCount = 0;
  for (const member of elementsIn(json, openBrace, closeBrace)) {
    const keyStart = skipSpace(member, 0);
    const keyEnd = member[keyStart] === quote ? endOfString(member, keyStart + 1) : keyStart;
    const separator = skipSpace(member, keyEnd);
    if (keyEnd === keyStart || member[separator] !== colon) throw malformedJson();
    const key = keyEnd - keyStart - 2 > maxKeyBytes ? undefined : decodedKey(member, keyStart, keyEnd);
    const name = names.find((known) => known === key);
    if (name !== undefined) textByName.set(name, member.subarray(separator + 1));
    memberCount += 1;
    if (memberCount % membersPerCheck === 0 && turn.isOver) await turn.next();
  }
  return textByName;
}

// `turn.isOver` reads the clock, which takes as long as skipping a member. So it is checked rarely.
const membersPerCheck = 1000;

/** Returns a key of printable ASCII without its quotes and escapes. A JSON parser would be too slow for tens of thousands of keys. */
function decodedKey(json: Buffer, start: number, end: number): string {
  const text = json.toString('latin1', start + 1, end - 1);
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\u([\da-f]{4})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function* elementsIn(json: Buffer, open: number, close: number): Generator<Buffer> {
  let index = skipSpace(json, 0);
  if (json[index] !== open) throw malformedJson();
  index = skipSpace(json, index + 1);
  if (json[index] !== close)
    for (let isLast = false; !isLast; ) {
      const end = endOfElement(json, index);
      yield json.subarray(index, end);
      isLast = json[end] !== comma;
      index = isLast ? end : end + 1;
    }
  if (json[index] !== close || skipSpace(json, index + 1) !== json.length) throw malformedJson();
}

/** Returns the index of the comma or bracket after an element. Does not check that brackets match, because a parser does that later. */
function endOfElement(json: Buffer, start: number): number {
  let depth = 0;
  for (let index = start; index < json.length; index += 1) {
    const byte = json[index];
    if (byte === quote) index = endOfString(json, index + 1) - 1;
    else if (byte === openBracket || byte === openBrace) depth += 1;
    else if (byte === comma && depth === 0) return index;
    else if (byte === closeBracket || byte === closeBrace) {
      if (depth === 0) return index;
      depth -= 1;
    }
  }
  return json.length;
}

const malformedJson = (): RuleBroken => new RuleBroken('is not well-formed JSON');
