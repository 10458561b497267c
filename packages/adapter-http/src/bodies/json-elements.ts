import { RuleBroken } from '@user-activity/domain';
import {
  behindSpace,
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

// These two judge a JSON text by its first byte that is not white space.
export const isArrayText = (json: Buffer): boolean => json[behindSpace(json, 0)] === openBracket;
export const isObjectText = (json: Buffer): boolean => json[behindSpace(json, 0)] === openBrace;

/** Yields the JSON text of each item of a JSON array. Does not check the items. Throws RuleBroken if the bytes around them are no array. */
export const itemsIn = (json: Buffer): Generator<Buffer> => elementsIn(json, openBracket, closeBracket);

/**
 * Finds the JSON texts of some members of a JSON object, by their ASCII names. If a name is repeated, its last member counts. Does
 * not parse the values. Lets other requests run in between. Throws RuleBroken if the object is malformed.
 */
export async function membersNamed<Name extends string>(
  json: Buffer,
  names: readonly Name[],
): Promise<ReadonlyMap<Name, Buffer>> {
  const turn = turns.begin();
  const found = new Map<Name, Buffer>();
  // An escaped character takes six bytes.
  const maxKeyBytes = 6 * Math.max(...names.map((name) => name.length));
  let count = 0;
  for (const member of elementsIn(json, openBrace, closeBrace)) {
    const start = behindSpace(member, 0);
    const end = member[start] === quote ? endOfString(member, start + 1) : start;
    const separator = behindSpace(member, end);
    if (end === start || member[separator] !== colon) throw malformedJson();
    const key = end - start - 2 > maxKeyBytes ? undefined : keyIn(member, start, end);
    const name = names.find((known) => known === key);
    if (name !== undefined) found.set(name, member.subarray(separator + 1));
    count += 1;
    if (count % membersPerCheck === 0 && turn.isOver) await turn.next();
  }
  return found;
}

// The clock is read rarely, because reading it takes as long as skipping a member.
const membersPerCheck = 1000;

/** Returns a key of printable ASCII without its quotes and escapes. Parsing would be slow: a client may send tens of thousands of keys. */
function keyIn(json: Buffer, start: number, end: number): string {
  const text = json.toString('latin1', start + 1, end - 1);
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\u([\da-f]{4})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function* elementsIn(json: Buffer, open: number, close: number): Generator<Buffer> {
  let at = behindSpace(json, 0);
  if (json[at] !== open) throw malformedJson();
  at = behindSpace(json, at + 1);
  if (json[at] !== close)
    for (let isLast = false; !isLast; ) {
      const end = endOfElement(json, at);
      yield json.subarray(at, end);
      isLast = json[end] !== comma;
      at = isLast ? end : end + 1;
    }
  if (json[at] !== close || behindSpace(json, at + 1) !== json.length) throw malformedJson();
}

/** Returns the index of the comma or bracket after an element. Does not check that brackets match, because a parser does that later. */
function endOfElement(json: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) at = endOfString(json, at + 1) - 1;
    else if (byte === openBracket || byte === openBrace) depth += 1;
    else if (byte === comma && depth === 0) return at;
    else if (byte === closeBracket || byte === closeBrace) {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return json.length;
}

const malformedJson = (): RuleBroken => new RuleBroken('is not well-formed JSON');
