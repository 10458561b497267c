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

/** Whether the bytes can be a JSON array or a JSON object, judged by the first byte that is not white space. */
export const isArrayText = (json: Buffer): boolean => json[behindSpace(json, 0)] === openBracket;
export const isObjectText = (json: Buffer): boolean => json[behindSpace(json, 0)] === openBrace;

/** Yields the texts of the items of a JSON array, unparsed. Throws RuleBroken if a byte between the items does not belong to an array. */
export const itemsIn = (json: Buffer): Generator<Buffer> => elementsIn(json, openBracket, closeBracket);

/**
 * Yields the texts of the members of a JSON object, as `itemsIn` yields items, each with its name if that is one of `names`. Parses no
 * value, and no key of another member. The names must be ASCII.
 */
function* membersIn<Name extends string>(
  json: Buffer,
  names: readonly Name[],
): Generator<readonly [name: Name | undefined, value: Buffer]> {
  // An escaped character takes six bytes.
  const maxBytes = 6 * Math.max(...names.map((name) => name.length));
  for (const member of elementsIn(json, openBrace, closeBrace)) {
    const start = behindSpace(member, 0);
    const end = member[start] === quote ? endOfString(member, start + 1) : start;
    const separator = behindSpace(member, end);
    if (end === start || member[separator] !== colon) throw malformedJson();
    const key = end - start - 2 > maxBytes ? undefined : keyIn(member, start, end);
    yield [names.find((name) => name === key), member.subarray(separator + 1)];
  }
}

/** Finds the texts of members by name, as `membersIn` does. The last of equal names counts. Yields to other requests in between. */
export async function membersNamed<Name extends string>(
  json: Buffer,
  names: readonly Name[],
): Promise<ReadonlyMap<Name, Buffer>> {
  const turn = turns.begin();
  const found = new Map<Name, Buffer>();
  let count = 0;
  for (const [name, value] of membersIn(json, names)) {
    if (name !== undefined) found.set(name, value);
    count += 1;
    if (count % membersPerCheck === 0 && turn.isOver) await turn.next();
  }
  return found;
}

// To read the clock takes as long as to skip a member.
const membersPerCheck = 1000;

/** The text of a key that is ASCII without control characters. A parser would be slow: anyone may send tens of thousands of keys. */
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

/** The index of the comma or bracket after the element. Does not check that brackets match: a parser does that later. */
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
