import { bodyFault, isTooDeep, readJsonBody, readMendedJson } from '../bodies/json-body.ts';
import { isObjectText, findMembers } from '../bodies/json-elements.ts';
import { estimateValueBytes } from '../bodies/json-bytes.ts';
import { type Members, UnreadValue } from '../bodies/members.ts';
import { maxItemBytes } from '../requests/input-limits.ts';
import { Problem } from '../requests/problem.ts';

const memberNames = [
  'type',
  'messageId',
  'userId',
  'anonymousId',
  'event',
  'name',
  'category',
  'groupId',
  'previousId',
  'timestamp',
  'originalTimestamp',
  'sentAt',
  'traits',
  'properties',
  'context',
] as const;

/** Counts the memory that parsed values take, in bytes. Throws if the process has no room for them. */
export type CountBytes = (bytes: number) => void;

/** Parses a call. If the body is too large or too deep to be parsed whole, uses `parseKnownMembers`. Throws 400 if the body is not JSON. */
export async function parseCall(body: Buffer, countBytes: CountBytes): Promise<unknown> {
  const isTooLarge = body.length > maxItemBytes || isTooDeep(body);
  const parsedMembers = isTooLarge ? await parseKnownMembers(body, countBytes) : undefined;
  if (parsedMembers !== undefined) return parsedMembers;
  countBytes(estimateValueBytes(body));
  const call = readJsonBody(body, readMendedJson);
  if (call === null) throw new Problem(400, 'A JSON body is required.');
  return call;
}

/**
 * Parses the known members of a large call one by one, because the call may still name a user. A member becomes an `UnreadValue` if it is
 * too deep, or if all members together would exceed 1 MiB. Returns undefined if the JSON is not an object. Throws 400 if the text is not
 * JSON.
 */
export async function parseKnownMembers(json: Buffer, countBytes: CountBytes): Promise<Members | undefined> {
  if (!isObjectText(json)) return undefined;
  const call: Record<string, unknown> = {};
  let remainingBytes = maxItemBytes;
  try {
    for (const [name, text] of await findMembers(json, memberNames)) {
      const value = parseIfSmall(text, countBytes, remainingBytes);
      if (!(value instanceof UnreadValue)) remainingBytes -= text.length;
      call[name] = value;
    }
  } catch (error) {
    throw bodyFault(error, json);
  }
  return call;
}

/** Parses a value, or returns an `UnreadValue` if the value is too deep or has more than `maxBytes` bytes. */
export function parseIfSmall(json: Buffer, countBytes: CountBytes, maxBytes: number = maxItemBytes): unknown {
  if (json.length > maxBytes || isTooDeep(json)) return new UnreadValue(json);
  countBytes(estimateValueBytes(json));
  return readMendedJson(json);
}
