import { RuleBroken } from '@user-activity/domain';
import {
  backslash,
  valueBytesPerByte,
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

/**
 * Yields the JSON text of each item of a JSON array, without checking the items. Throws RuleBroken if the brackets or commas around them
 * are wrong.
 */
export const itemsIn = (json: Buffer): Generator<Buffer> => elementsIn(json, openBracket, closeBracket);

/**
 * Returns the JSON texts of the named members of a JSON object. The names must be ASCII. If a name is repeated, its last member counts.
 * Does not parse the values. Lets other requests run in between. Throws RuleBroken if the object is malformed.
 */
export async function findMembers<Name extends string>(
  json: Buffer,
  names: readonly Name[],
): Promise<ReadonlyMap<Name, Buffer>> {
  const turn = turns.begin();
  const textByName = new Map<Name, Buffer>();
  // A key may be escaped, as in `\u0061`. Each of its characters then takes six bytes.
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

/** Decodes a JSON string of printable ASCII, between its quotes. A JSON parser would be too slow for tens of thousands of keys. */
function decodedKey(json: Buffer, start: number, end: number): string {
  const text = json.toString('latin1', start + 1, end - 1);
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\u([\da-f]{4})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function* elementsIn(json: Buffer, open: number, close: number): Generator<Buffer> {
  const scanner = ElementScanner.inside(json, open, close);
  yield* textsOf(scanner);
  scanner.assertClosed(close);
}

/** Yields the JSON text of each element that a scanner finds. */
export function* textsOf(scanner: ElementScanner): Generator<Buffer> {
  while (scanner.next()) yield scanner.json.subarray(scanner.start, scanner.end);
}

/**
 * Finds the elements of an array or object, which are separated by commas, and estimates the memory that their values take. Makes no object
 * for an element: its bounds are in `start` and `end`. Does not check that brackets match, because a parser does that later.
 */
export class ElementScanner {
  readonly json: Buffer;
  /** The bounds of the latest element, as indexes in `json`. */
  start: number;
  end: number;
  /**
   * An estimate of the memory that the value of the latest element takes, in bytes. Computed with the bounds, because a second loop over
   * the bytes would take as long again.
   */
  valueBytes = 0;
  #hasNext: boolean;

  /** Finds elements from `start` to the end of the text, or to a closing bracket without an opening one. */
  constructor(json: Buffer, start = 0, hasNext = true) {
    this.json = json;
    this.start = start;
    this.end = hasNext ? start - 1 : start;
    this.#hasNext = hasNext;
  }

  /** Finds the elements of an array or object. Throws RuleBroken if the opening bracket is missing. */
  static inside(json: Buffer, open: number, close: number): ElementScanner {
    const bracket = skipSpace(json, 0);
    if (json[bracket] !== open) throw malformedJson();
    const start = skipSpace(json, bracket + 1);
    return new ElementScanner(json, start, json[start] !== close);
  }

  /** Finds the next element. Returns false if there is none. */
  next(): boolean {
    if (!this.#hasNext) return false;
    this.start = this.end + 1;
    this.#findEnd();
    this.#hasNext = this.json[this.end] === comma;
    return true;
  }

  /** Throws RuleBroken if the closing bracket does not follow the latest element, or if anything follows the bracket. */
  assertClosed(close: number): void {
    if (this.json[this.end] !== close || skipSpace(this.json, this.end + 1) !== this.json.length)
      throw malformedJson();
  }

  /** Sets the end of the element that starts at `start`: the index of the comma or bracket after it. */
  #findEnd(): void {
    const { json } = this;
    let index = this.start;
    let depth = 0;
    let bytes = 0;
    for (; index < json.length; index += 1) {
      const byte = json[index] ?? 0;
      if (byte === quote) {
        for (index += 1; index < json.length && json[index] !== quote; index += 1) {
          if (json[index] === backslash) index += 1;
          bytes += valueBytesPerByte[json[index] ?? 0] ?? 0;
        }
      } else if (byte === openBracket || byte === openBrace) depth += 1;
      else if (byte === closeBracket || byte === closeBrace) {
        if (depth === 0) break;
        depth -= 1;
      } else if (byte === comma && depth === 0) break;
      bytes += valueBytesPerByte[byte] ?? 0;
    }
    this.end = Math.min(index, json.length);
    this.valueBytes = bytes;
  }
}

const malformedJson = (): RuleBroken => new RuleBroken('is not well-formed JSON');
