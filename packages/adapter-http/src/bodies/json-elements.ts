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

/** Whether the bytes can be a JSON array, by the first that is no white space. */
export const isArrayText = (json: Buffer): boolean => json[behindSpace(json, 0)] === openBracket;

/** Whether the bytes can be a JSON object. */
export const isObjectText = (json: Buffer): boolean => json[behindSpace(json, 0)] === openBrace;

/**
 * The texts of the items of a JSON array, found without parsing them: each is asked for by itself, and may turn out to be no
 * JSON. Says no by `RuleBroken` as soon as it meets what is no array.
 */
export const itemsIn = (json: Buffer): Generator<Buffer> => elementsIn(json, openBracket, closeBracket);

/**
 * The texts of the members of a JSON object, found as `itemsIn` finds items, each with its name if that is one of these. Keys of
 * other members are not parsed, and nor is any value. The names are ASCII.
 */
export function* membersIn<Name extends string>(
  json: Buffer,
  names: readonly Name[],
): Generator<readonly [name: Name | undefined, value: Buffer]> {
  // Escaped, a character of a name takes six bytes.
  const maxBytes = 6 * Math.max(...names.map((name) => name.length));
  for (const member of elementsIn(json, openBrace, closeBrace)) {
    const start = behindSpace(member, 0);
    const end = member[start] === quote ? endOfString(member, start + 1) : start;
    const separator = behindSpace(member, end);
    if (end === start || member[separator] !== colon) throw malformed();
    const key = end - start - 2 > maxBytes ? undefined : keyIn(member, start, end);
    yield [names.find((name) => name === key), member.subarray(separator + 1)];
  }
}

/** The text of a key in its quotes, where that is ASCII without control characters. No parser: strangers send keys by ten thousands. */
function keyIn(json: Buffer, start: number, end: number): string {
  const text = json.toString('latin1', start + 1, end - 1);
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\u([\da-f]{4})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function* elementsIn(json: Buffer, open: number, close: number): Generator<Buffer> {
  let at = behindSpace(json, 0);
  if (json[at] !== open) throw malformed();
  at = behindSpace(json, at + 1);
  if (json[at] !== close)
    for (let isLast = false; !isLast; ) {
      const end = endOfElement(json, at);
      yield json.subarray(at, end);
      isLast = json[end] !== comma;
      at = isLast ? end : end + 1;
    }
  if (json[at] !== close || behindSpace(json, at + 1) !== json.length) throw malformed();
}

/** The place of the comma or bracket behind the element. Which brackets belong together does not count: a parser will see. */
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

const malformed = (): RuleBroken => new RuleBroken('is not well-formed JSON');
